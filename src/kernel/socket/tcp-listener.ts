// TcpListener: accepts TCP connections through Node's own net, with the names and rules of UnixListener.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { checkOptions, type WaitOptions } from '../../wait/options.ts'
import { checkWhole } from '../mapping-options.ts'
import { asSysError, checkEndpoint, closedSocket, type Endpoint, showEndpoint } from './endpoint.ts'
import { Inbox } from './inbox.ts'
import { KeepAlive } from './keep-alive.ts'
import { TcpSocket } from './tcp.ts'

/** Options of `TcpListener.listen`. */
export interface TcpListenOptions {
  /** Connections that the kernel keeps for Node to accept. Default 511. */
  readonly backlog?: number
}

/** A TCP socket that listens; iterating it gives the connections. Node accepts at once: what nobody takes is kept here. */
export class TcpListener implements AsyncIterable<TcpSocket> {
  readonly #server: Server
  readonly #keepAlive: KeepAlive
  readonly #label: string
  readonly #inbox: Inbox<Socket>
  #closed = false

  /** Listens; port 0 is any free one, see `name`. EADDRINUSE, EADDRNOTAVAIL, EACCES. */
  static async listen(at: Endpoint, options: TcpListenOptions = {}): Promise<TcpListener> {
    const { host, port } = checkEndpoint(at, 'at', 0)
    const backlog = checkWhole(options.backlog ?? 511, 'backlog', 1)
    const label = `TCP listener ${showEndpoint(at)}`
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(asSysError(error, label)))
      server.listen({ host, port, backlog }, resolve)
    })
    server.removeAllListeners('error')
    return new TcpListener(server, label)
  }

  private constructor(server: Server, label: string) {
    this.#server = server
    this.#keepAlive = new KeepAlive(server)
    this.#label = label
    this.#inbox = new Inbox(`accepting from ${label}`, (some) => this.#keepAlive.waits(some))
    server.on('connection', (socket) => {
      socket.on('error', () => {}) // told when it is taken and read
      this.#inbox.push(socket)
    })
    server.on('error', (error) => this.#inbox.fail(asSysError(error, label), false)) // EMFILE: it goes on
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Where it listens. */
  get name(): Endpoint {
    this.#open()
    const { address: host, port } = this.#server.address() as AddressInfo
    return { host, port }
  }

  /** The next connection. */
  async accept(options?: WaitOptions): Promise<TcpSocket> {
    checkOptions(options)
    this.#open()
    return this.#made(await this.#inbox.next(options))
  }

  /** As `accept`, without waiting: `undefined` when nobody is there. */
  tryAccept(): TcpSocket | undefined {
    this.#open()
    const socket = this.#inbox.tryNext()
    return socket === undefined ? undefined : this.#made(socket)
  }

  /** Connections, until `signal` aborts, which throws its reason. */
  async *connections(options?: WaitOptions): AsyncGenerator<TcpSocket, never, undefined> {
    for (;;) yield await this.accept(options)
  }

  [Symbol.asyncIterator](): AsyncGenerator<TcpSocket, never, undefined> {
    return this.connections()
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.#keepAlive.want(true)
    return this
  }

  unref(): this {
    this.#keepAlive.want(false)
    return this
  }

  /** Stops listening; who waits in `accept` gets EBADF, connections that nobody took are closed. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const socket of this.#inbox.close(closedSocket(this.#label))) socket.destroy()
    this.#server.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#label
  }

  #open(): void {
    if (this.#closed) throw closedSocket(this.#label)
  }

  #made(socket: Socket | null): TcpSocket {
    if (socket === null) throw closedSocket(this.#label)
    const made = new TcpSocket(socket, `TCP socket of ${this.#label}`)
    socket.resume()
    return made
  }
}
