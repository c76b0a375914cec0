// UdpSocket: UDP through Node's own dgram, with the names and rules of UnixDatagram.
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { checkWhole } from '../mapping-options.ts'
import { Begun } from './begun.ts'
import { asSysError, checkEndpoint, closedSocket, type Endpoint, showEndpoint } from './endpoint.ts'
import { Inbox } from './inbox.ts'
import { KeepAlive } from './keep-alive.ts'

/** What `receive` of a UDP socket gives. */
export interface ReceivedPacket {
  readonly data: Uint8Array
  readonly sender: Endpoint
}

/** Options of `UdpSocket.create`. */
export interface UdpOptions {
  /** Packets kept here for `receive`; more are dropped, as UDP does, and counted in `dropped`. Default 1024. */
  readonly backlog?: number
}

/** A UDP socket: packets of at most 65507 bytes, which may get lost, doubled or out of order. udp(7), through node:dgram */
export class UdpSocket {
  readonly #socket: Socket
  readonly #keepAlive: KeepAlive
  readonly #label: string
  readonly #begun = new Begun()
  readonly #inbox: Inbox<ReceivedPacket>
  #connected = false
  #closed = false
  #dropped = 0

  /** At an address; port 0 is any free one, see `name`. EADDRINUSE, EADDRNOTAVAIL, EACCES. */
  static async create(
    at: Endpoint = { host: '0.0.0.0', port: 0 },
    options: UdpOptions = {},
  ): Promise<UdpSocket> {
    const { host, port } = checkEndpoint(at, 'at', 0)
    const backlog = checkWhole(options.backlog ?? 1024, 'backlog', 1)
    const label = `UDP socket ${showEndpoint(at)}`
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close()
        reject(asSysError(error, label))
      })
      socket.bind({ address: host, port }, resolve)
    })
    socket.removeAllListeners('error')
    return new UdpSocket(socket, label, backlog)
  }

  private constructor(socket: Socket, label: string, backlog: number) {
    this.#socket = socket
    this.#keepAlive = new KeepAlive(socket)
    this.#label = label
    this.#inbox = new Inbox(`receiving from ${label}`, (some) => this.#keepAlive.waits(some))
    socket.on('message', (data, { address: host, port }) => {
      if (this.#inbox.size < backlog) this.#inbox.push({ data, sender: { host, port } })
      else this.#dropped++
    })
    socket.on('error', (error) => this.#inbox.fail(asSysError(error, label), false))
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Its own address. */
  get name(): Endpoint {
    const { address: host, port } = this.#open().address()
    return { host, port }
  }

  /** The socket that this one is connected to; `undefined` if to none. */
  get peerName(): Endpoint | undefined {
    const socket = this.#open()
    if (!this.#connected) return undefined
    const { address: host, port } = socket.remoteAddress()
    return { host, port }
  }

  /** Packets that came while `backlog` were kept already. */
  get dropped(): number {
    return this.#dropped
  }

  /** From now on sends to one, and hears from that one only. */
  async connect(to: Endpoint): Promise<void> {
    const { host, port } = checkEndpoint(to, 'to')
    const socket = this.#open()
    if (this.#connected) socket.disconnect()
    this.#connected = false
    try {
      await this.#begun.run((done) => socket.connect(port, host, done))
    } catch (error) {
      throw this.#failed(error)
    }
    this.#connected = true
  }

  /** Sends one packet, to `to` unless connected. EMSGSIZE; ECONNREFUSED: an earlier one found nobody (connected only). */
  async send(data: Bytes, options?: WaitOptions & { readonly to?: Endpoint }): Promise<void> {
    const bytes = bytesOf(data)
    const to = options?.to === undefined ? undefined : checkEndpoint(options.to, 'to')
    checkOptions(options)
    const socket = this.#open()
    if (to === undefined && !this.#connected)
      throw new TypeError('to must be given: the socket is not connected')
    this.#keepAlive.waits(true)
    try {
      const sent = this.#begun.run((done) => {
        if (to === undefined) socket.send(bytes, done)
        else socket.send(bytes, to.port, to.host, done)
      })
      await new Promise<void>((resolve, reject) => {
        const callOff = onGiveUp(options, `sending from ${this.#label}`, reject)
        sent.finally(callOff).then(resolve, (error) => reject(this.#failed(error)))
      })
    } finally {
      this.#keepAlive.waits(false)
    }
  }

  /** The next packet. An abort or timeout takes none. */
  async receive(options?: WaitOptions): Promise<ReceivedPacket> {
    this.#open()
    const packet = await this.#inbox.next(options)
    if (packet === null) throw closedSocket(this.#label)
    return packet
  }

  /** As `receive`, without waiting: `undefined` when nothing is there. */
  tryReceive(): ReceivedPacket | undefined {
    this.#open()
    return this.#inbox.tryNext() ?? undefined
  }

  /** Packets, until `signal` aborts, which throws its reason. */
  async *messages(options?: WaitOptions): AsyncGenerator<ReceivedPacket, never, undefined> {
    for (;;) yield await this.receive(options)
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

  /** Closes it; what waits rejects with EBADF. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#inbox.close(closedSocket(this.#label))
    this.#socket.close()
    this.#begun.fail(closedSocket(this.#label))
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return this.#label
  }

  #failed(error: unknown): unknown {
    return this.#closed ? closedSocket(this.#label) : asSysError(error, this.#label)
  }

  #open(): Socket {
    if (this.#closed) throw closedSocket(this.#label)
    return this.#socket
  }
}
