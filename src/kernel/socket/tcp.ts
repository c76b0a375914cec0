// TcpSocket: a TCP connection through Node's own net, with the names and rules of UnixSocket.
import { connect, type Socket } from 'node:net'
import { constants } from '../../sys/constants.ts'
import { EPIPE } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { fcntl } from '../../sys/file.ts'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { checkMax } from '../pipe/chunk.ts'
import type { ReadOptions } from '../pipe/reader.ts'
import { Begun } from './begun.ts'
import { asSysError, checkEndpoint, closedSocket, type Endpoint, showEndpoint } from './endpoint.ts'
import { Inbox } from './inbox.ts'
import { KeepAlive } from './keep-alive.ts'

/** What `receive` of a TCP socket gives. */
export interface ReceivedBytes {
  readonly data: Uint8Array
}

/** One end of a TCP connection: bytes both ways. tcp(7), through node:net */
export class TcpSocket implements AsyncIterable<Uint8Array> {
  readonly #socket: Socket
  readonly #keepAlive: KeepAlive
  readonly #label: string
  readonly #names: { readonly own: Endpoint; readonly peer: Endpoint }
  readonly #begun = new Begun()
  readonly #inbox: Inbox<Uint8Array>
  #lastWrite: Promise<unknown> = Promise.resolve()
  #failure: unknown
  #closed = false

  /** Connects. ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT; ENOTFOUND for a name that nobody knows. */
  static async connect(to: Endpoint, options?: WaitOptions): Promise<TcpSocket> {
    const { host, port } = checkEndpoint(to, 'to')
    checkOptions(options)
    const label = `TCP socket to ${showEndpoint(to)}`
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    await new Promise<void>((resolve, reject) => {
      const settle = (then: () => void): void => {
        callOff()
        socket.removeAllListeners()
        then()
      }
      const callOff = onGiveUp(options, `connecting the ${label}`, (reason) => {
        socket.destroy()
        settle(() => reject(reason))
      })
      socket.once('connect', () => settle(resolve))
      socket.once('error', (error) => settle(() => reject(asSysError(error, label))))
    })
    return new TcpSocket(socket, label)
  }

  /** Internal; or takes over a connected socket of Node's, that nobody reads from. */
  constructor(socket: Socket, label = 'TCP socket') {
    this.#socket = socket
    this.#keepAlive = new KeepAlive(socket)
    this.#label = label
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
    this.#names = {
      own: { host: localAddress, port: localPort },
      peer: { host: remoteAddress, port: remotePort }, // which Node forgets when both directions have ended
    }
    this.#inbox = new Inbox(`reading from ${label}`, (some) => this.#keepAlive.waits(some))
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#inbox.push(chunk)
      if (this.#inbox.size > 0) socket.pause() // so that the peer has to wait
    })
    socket.on('close', () => this.#begun.fail(new Error(`the ${label} has been closed`)))
    socket.on('end', () => this.#inbox.end())
    socket.on('error', (error) => {
      this.#failure ??= asSysError(error, label)
      this.#inbox.fail(this.#failure, true)
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Its own address. */
  get name(): Endpoint {
    this.#open()
    return this.#names.own
  }

  /** The peer's address. */
  get peerName(): Endpoint {
    this.#open()
    return this.#names.peer
  }

  /** As many bytes as there are, at most `max`; `null` at the end. ECONNRESET: the peer has broken off. */
  async read(options?: WaitOptions & ReadOptions): Promise<Uint8Array | null> {
    const max = checkMax(options?.max)
    this.#open()
    return this.#part(await this.#inbox.next(options), max)
  }

  /** As `read`, without waiting: `undefined` when nothing is there. */
  tryRead(options?: ReadOptions): Uint8Array | null | undefined {
    const max = checkMax(options?.max)
    this.#open()
    const got = this.#inbox.tryNext()
    return got === undefined ? undefined : this.#part(got, max)
  }

  /** As `read`, in the form of a message. */
  async receive(options?: WaitOptions & ReadOptions): Promise<ReceivedBytes | null> {
    const data = await this.read(options)
    return data === null ? null : { data }
  }

  /** What comes, until the end. */
  async *messages(options?: WaitOptions & ReadOptions): AsyncGenerator<ReceivedBytes, void, undefined> {
    for (let next = await this.receive(options); next !== null; next = await this.receive(options)) yield next
  }

  /**
   * Writes all of `data`, waiting until the kernel has taken it; gives its length. Writes go out in the order in which they
   * were called. One that is given up before its turn writes nothing; after that Node has the bytes, and writes them.
   */
  async write(data: Bytes, options?: WaitOptions): Promise<number> {
    const bytes = bytesOf(data)
    checkOptions(options)
    this.#open()
    let given = false
    const turn = this.#lastWrite.then(() => (given ? undefined : this.#put(bytes)))
    this.#lastWrite = turn.catch(() => {})
    await new Promise<void>((resolve, reject) => {
      const callOff = onGiveUp(options, `writing to ${this.#label}`, (reason) => {
        given = true
        reject(reason)
      })
      turn.finally(callOff).then(() => resolve(), reject)
    })
    return bytes.length
  }

  /** As `write`. */
  async send(data: Bytes, options?: WaitOptions): Promise<void> {
    await this.write(data, options)
  }

  /** Ends the writing direction, after what is being written: the peer reads to the end and can still answer. */
  async shutdown(): Promise<void> {
    this.#open()
    await this.#lastWrite
    const socket = this.#open()
    try {
      await this.#begun.run((done) => socket.end(() => done()))
    } catch (error) {
      throw this.#failed(error)
    }
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

  /**
   * Gives up the connection without ending it: a descriptor, which is the caller's from now on, and what has been read from
   * it. Not while anything is being written.
   */
  detach(): { readonly fd: number; readonly early: readonly Uint8Array[] } {
    const socket: Socket & { readonly _handle?: { readonly fd: number } | null } = this.#open()
    if (this.#failure !== undefined) throw this.#failure
    const fd = must(fcntl(socket._handle?.fd ?? -1, constants.F_DUPFD_CLOEXEC, 0), 'fcntl', {
      on: this.#label,
    })
    this.#closed = true
    const early = this.#inbox.close(closedSocket(this.#label))
    socket.destroy() // of what is left, which tells the peer nothing
    return { fd, early }
  }

  /** Closes the connection; what waits rejects with EBADF. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#inbox.close(closedSocket(this.#label))
    this.#socket.destroy()
  }

  /** As `close`, but the peer is told ECONNRESET. */
  reset(): void {
    if (!this.#closed) this.#socket.resetAndDestroy()
    this.close()
  }

  /** Chunks, until the end. The socket stays open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#label
  }

  #open(): Socket {
    if (this.#closed) throw closedSocket(this.#label)
    return this.#socket
  }

  #failed(error: unknown): unknown {
    return this.#closed ? closedSocket(this.#label) : (this.#failure ?? asSysError(error, this.#label))
  }

  #part(chunk: Uint8Array | null, max: number | undefined): Uint8Array | null {
    if (chunk !== null && max !== undefined && chunk.length > max) {
      this.#inbox.unshift(chunk.subarray(max))
      return chunk.subarray(0, max)
    }
    if (this.#inbox.size === 0) this.#socket.resume()
    return chunk
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const socket = this.#open()
    if (!socket.writable) throw new SysError(EPIPE, 'write', { on: this.#label })
    this.#keepAlive.waits(true)
    try {
      await this.#begun.run((done) => socket.write(bytes, done))
    } catch (error) {
      throw this.#failed(error)
    } finally {
      this.#keepAlive.waits(false)
    }
  }
}
