// UnixSocket: a connected Unix socket, of bytes or of packets.
import type { Duplex, DuplexOptions } from 'node:stream'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { read, write } from '../../sys/file.ts'
import { getpeername, shutdown, socketpair } from '../../sys/socket.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { takeTurn } from '../../wait/turn.ts'
import { type Bytes, bytesOf, checkTarget } from '../bytes.ts'
import { Progress } from '../pipe/progress.ts'
import type { ReadOptions } from '../pipe/reader.ts'
import { adoptSocket } from './adopt.ts'
import { connect, connectSync } from './connect.ts'
import { type PeerCredentials, peerCredentials, peerGroups, peerPidFd } from './credentials.ts'
import { duplex } from './duplex.ts'
import { nameFrom } from './end.ts'
import { gather, type ReceivedDescriptors } from './gather.ts'
import { MessageSocket } from './messages.ts'
import type { UnixName } from './name.ts'
import { isEnd, type Received } from './received.ts'
import { busy, type SendOptions, wrongType } from './sent.ts'
import { typeNumber } from './setting.ts'

/** `stream`: bytes, as a pipe. `seqpacket`: packets, whole and in order. */
export type ConnectedType = 'stream' | 'seqpacket'

/** Options of what makes a connected socket. */
export interface UnixSocketOptions {
  /** Default: `stream`. */
  readonly type?: ConnectedType
}

const HOW = { read: constants.SHUT_RD, write: constants.SHUT_WR, both: constants.SHUT_RDWR }
const CONNECTED: readonly ConnectedType[] = ['stream', 'seqpacket']

/**
 * One end of a connection between two processes of this machine, both ways: bytes or packets, open files, and the
 * kernel's word on who the peer is. unix(7)
 */
export class UnixSocket
  extends MessageSocket<ConnectedType, Received, SendOptions>
  implements AsyncIterable<Uint8Array>
{
  /**
   * Connects to the socket that listens under `name`; waits while its backlog is full. ENOENT: there is no such path.
   * ECONNREFUSED: nobody listens (any more). EACCES: no write permission. EPROTOTYPE: it is of another type.
   */
  static async connect(name: UnixName, options: WaitOptions & UnixSocketOptions = {}): Promise<UnixSocket> {
    const { type = 'stream' } = options
    return new UnixSocket(await connect(name, typeNumber(type, CONNECTED), options), type)
  }

  /** As `connect`, blocking this thread. */
  static connectSync(name: UnixName, options: SyncOptions & UnixSocketOptions = {}): UnixSocket {
    const { type = 'stream' } = options
    return new UnixSocket(connectSync(name, typeNumber(type, CONNECTED), options), type)
  }

  /** Two ends joined to each other: socketpair(2). One usually goes to a child: see `inherit`. */
  static pair(options: UnixSocketOptions = {}): [UnixSocket, UnixSocket] {
    const { type = 'stream' } = options
    const pair = new Int32Array(2)
    const kind = typeNumber(type, CONNECTED) | constants.SOCK_CLOEXEC
    must(socketpair(constants.AF_UNIX, kind, pair), 'socketpair')
    const [one, other] = Array.from(pair, (number) => new Fd(number, 'Unix socket'))
    return [new UnixSocket(one as Fd, type), new UnixSocket(other as Fd, type)]
  }

  /** Takes over descriptor `fd`, inherited or received. EBADF; ENOTSOCK; EOPNOTSUPP for a socket of another kind. */
  static from(fd: number): UnixSocket {
    return adoptSocket(fd, CONNECTED, (handle, type) => new UnixSocket(handle, type))
  }

  /** Who connected, listened or made the pair, as of then: SO_PEERCRED. */
  get peer(): PeerCredentials {
    return peerCredentials(this.handle)
  }

  /** The peer's supplementary groups. */
  get peerGroups(): number[] {
    return peerGroups(this.handle)
  }

  /** The peer's name; `undefined` if it has none. */
  get peerName(): UnixName | undefined {
    return nameFrom(getpeername, this.handle, 'getpeername')
  }

  /** A pidfd of the peer, which never means another process (Linux 6.5; before, looked up by its pid). Yours to close. */
  peerPidFd(): Fd {
    return peerPidFd(this.handle)
  }

  /** Reads as many bytes as there are, or one packet; `null` at the end. As `receive`, without what comes beside. */
  async read(options?: WaitOptions & ReadOptions): Promise<Uint8Array | null> {
    const got = await this.receive(options)
    return got === null ? null : got.data
  }

  /** As `read`, into memory of yours. Gives how many bytes; `null` at the end. */
  async readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkTarget(target)
    return this.#orEnd(await this.readiness.whenReadable(() => this.#read(target), options))
  }

  /** As `readInto`, without waiting: `undefined` when nothing is there. */
  tryReadInto(target: Uint8Array): number | null | undefined {
    checkTarget(target)
    this.readiness.makeNonblocking()
    const got = this.#read(target)
    return got === EAGAIN ? undefined : this.#orEnd(got)
  }

  /** As `readInto`, blocking this thread. Fastest when given the same memory again and again. */
  readIntoSync(target: Uint8Array, options?: SyncOptions): number | null {
    if (options === undefined && target instanceof Uint8Array) {
      const got = this.quick.read(this.handle.raw, target)
      if (got > 0) return got
      if (got === 0 && target.byteLength > 0) return this.#orEnd(got)
    }
    checkTarget(target)
    if (options?.timeout !== undefined) this.readiness.makeNonblocking()
    return this.#orEnd(waitSync(this.handle, constants.POLLIN, () => this.#read(target), options))
  }

  /** Writes all of `data`, or one packet, waiting for room; gives its length. As `send`, without what goes beside. */
  async write(data: Bytes, options?: WaitOptions): Promise<number> {
    const bytes = bytesOf(data)
    let done = 0
    if (options === undefined && this.readiness.pending === 0) {
      this.readiness.makeNonblocking()
      done = this.quick.write(this.handle.raw, bytes)
      if (done === bytes.length) return takeTurn(done)
    }
    const progress = this.#writing(bytes, done)
    const full = done > 0 || done === EAGAIN // so trying again at once is of no use
    return this.readiness.whenWritable(progress.attempt, options, full).catch((error) => {
      throw progress.failure(error)
    })
  }

  /** As `write`, blocking this thread. Fastest when given the same memory again and again. */
  writeSync(data: Bytes, options?: SyncOptions): number {
    const bytes = data instanceof Uint8Array ? data : bytesOf(data)
    if (this.readiness.pending > 0) throw busy('write', this)
    let done = 0
    if (options?.timeout !== undefined) this.readiness.makeNonblocking()
    else done = this.quick.write(this.handle.raw, bytes)
    if (done === bytes.length) return done
    const progress = this.#writing(bytes, done)
    try {
      for (;;) {
        const put = waitSync(this.handle, constants.POLLOUT, progress.attempt, options)
        if (put >= 0) return put
      }
    } catch (error) {
      throw progress.failure(error)
    }
  }

  /**
   * On a stream: waits until exactly `count` descriptors have come, however many messages they take, and gives them with
   * the bytes that came along. The connection's end before that closes those that came and rejects with EPIPE.
   */
  receiveDescriptors(count: number, options?: WaitOptions): Promise<ReceivedDescriptors> {
    if (this.type !== 'stream') throw wrongType('recvmsg', this.type, this.handle)
    return gather(this, count, options)
  }

  /** Ends one direction, or both: shutdown(2). After `write` the peer reads to the end and can still answer. */
  shutdown(how: 'read' | 'write' | 'both' = 'write'): void {
    if (!Object.hasOwn(HOW, how)) throw new RangeError(`how must be 'read', 'write' or 'both', not ${how}`)
    must(shutdown(this.handle.number, HOW[how]), 'shutdown', { on: `${this}` })
  }

  /** Chunks, or packets, until the end. The socket stays open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk
  }

  /** As a Node stream, which owns this socket from now on: its `end` is `shutdown('write')`. Not of packets. */
  stream(options?: Pick<DuplexOptions, 'highWaterMark' | 'allowHalfOpen'>): Duplex {
    if (this.type !== 'stream') throw wrongType('stream', this.type, this.handle)
    return duplex(this, options)
  }

  #writing(bytes: Uint8Array, done: number): Progress {
    const step = (from: number): number => {
      const put = write(this.handle.number, bytes, from)
      return put >= 0 || put === EAGAIN || put === EINTR ? put : must(put, 'write', { on: `${this}` })
    }
    return new Progress(bytes.length, step, Math.max(done, 0))
  }

  #read(target: Uint8Array): number {
    const got = read(this.handle.number, target)
    return got >= 0 || got === EAGAIN || got === EINTR ? got : must(got, 'read', { on: `${this}` })
  }

  /** An empty packet is 0 bytes, the end is `null`. */
  #orEnd(got: number): number | null {
    return got === 0 && isEnd(this.handle, this.type) ? null : got
  }
}
