// UnixDatagram: packets without a connection.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { unlinkat } from '../../sys/file.ts'
import * as sys from '../../sys/socket.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { type Bytes, bytesOf, checkTarget } from '../bytes.ts'
import { checkFlag, checkMode } from '../mapping-options.ts'
import { adoptSocket } from './adopt.ts'
import { type BindOptions, bindTo } from './bind.ts'
import { openSocket } from './connect.ts'
import { nameFrom } from './end.ts'
import { Lanes } from './lane.ts'
import { MessageSocket } from './messages.ts'
import { autobindAddress, encodeName, isAbstract, showName, type UnixName } from './name.ts'
import type { ReceivedFrom } from './received.ts'
import type { SendOptions } from './sent.ts'

/** Options of a datagram's `send`. */
export interface SendToOptions extends SendOptions {
  /** The name of the socket that shall receive it; needed unless this one is connected. */
  readonly to?: UnixName
}

/** Options of `UnixDatagram.create`. */
export interface UnixDatagramOptions extends BindOptions {
  /** Lets the kernel choose an abstract name. Default false. */
  readonly autobind?: boolean
}

const about = new Int32Array(sys.ABOUT.first) // of no interest

/**
 * A datagram socket: packets, whole and in order, reliable on one machine; each may go to another socket. A sender waits
 * while the receiver's queue is full (/proc/sys/net/unix/max_dgram_qlen packets). unix(7)
 */
export class UnixDatagram extends MessageSocket<'dgram', ReceivedFrom, SendToOptions> {
  readonly #lanes = new Lanes(this.handle, this.readiness)

  /**
   * Named by a path (made with `mode`, 0600) or an abstract name. Without a name it can send, but nobody can answer,
   * unless the kernel chooses one (`autobind`). EADDRINUSE says what is in the way.
   */
  static create(name?: UnixName, options: UnixDatagramOptions = {}): UnixDatagram {
    const { autobind = false, mode, replaceStale } = options
    if (mode !== undefined) checkMode(mode)
    checkFlag(replaceStale, 'replaceStale')
    checkFlag(autobind, 'autobind')
    if (name !== undefined) encodeName(name) // what is wrong with it is told before anything happens
    const fd = openSocket(constants.SOCK_DGRAM, `Unix datagram socket ${showName(name)}`)
    try {
      if (name !== undefined) bindTo(fd, name, options)
      else if (autobind) must(sys.bind(fd.number, autobindAddress()), 'bind', { on: `${fd}` })
    } catch (error) {
      fd.close()
      throw error
    }
    return new UnixDatagram(fd, 'dgram')
  }

  /** Two sockets joined to each other: socketpair(2). */
  static pair(): [UnixDatagram, UnixDatagram] {
    const pair = new Int32Array(2)
    const made = sys.socketpair(constants.AF_UNIX, constants.SOCK_DGRAM | constants.SOCK_CLOEXEC, pair)
    must(made, 'socketpair')
    const [one = -1, other = -1] = pair
    const wrap = (fd: number): UnixDatagram => new UnixDatagram(new Fd(fd, 'Unix datagram socket'), 'dgram')
    return [wrap(one), wrap(other)]
  }

  /** Takes over descriptor `fd`, inherited or received. */
  static from(fd: number): UnixDatagram {
    return adoptSocket(fd, ['dgram'], (handle, type) => new UnixDatagram(handle, type))
  }

  /** From now on sends to `name`, and receives from it alone. ECONNREFUSED, ENOENT: nobody is there. */
  connect(name: UnixName): void {
    must(sys.connect(this.handle.number, encodeName(name)), 'connect', { on: `to ${showName(name)}` })
  }

  /** The socket that this one is connected to. ENOTCONN if it is not. */
  get peerName(): UnixName | undefined {
    return nameFrom(sys.getpeername, this.handle, 'getpeername')
  }

  override async send(data: Bytes, options?: WaitOptions & SendToOptions): Promise<void> {
    if (options?.to === undefined) return super.send(data, options)
    const sending = this.sending(data, options)
    await this.#lanes.send(encodeName(options.to, 'to'), () => sending.step(0), options)
  }

  override sendSync(data: Bytes, options?: SyncOptions & SendToOptions): void {
    const to = options?.to
    if (to === undefined) {
      super.sendSync(data, options)
    } else {
      const sending = this.sending(data, options)
      this.#lanes.sendSync(encodeName(to, 'to'), () => sending.step(0), options)
    }
  }

  /**
   * As `sendSync` of a connected socket, without what goes beside; gives the packet's length. Fastest when given the same
   * memory again and again.
   */
  writeSync(data: Bytes, options?: SyncOptions): number {
    const bytes = data instanceof Uint8Array ? data : bytesOf(data)
    if (options === undefined && this.quick.write(this.handle.raw, bytes) === bytes.length)
      return bytes.length
    this.sendSync(bytes, options)
    return bytes.length
  }

  /** As `receiveSync`, into memory of yours; gives the packet's length, or `target`'s: the rest of a longer one is lost. */
  readIntoSync(target: Uint8Array, options?: SyncOptions): number {
    if (options === undefined && target instanceof Uint8Array && target.byteLength > 0) {
      const got = this.quick.read(this.handle.raw, target)
      if (got >= 0) return got
    }
    checkTarget(target)
    return waitSync(this.handle, constants.POLLIN, () => this.#read(target), options)
  }

  /** Removes its path. */
  unlink(): void {
    const { name } = this
    if (name === undefined || isAbstract(name)) return
    must(unlinkat(constants.AT_FDCWD, name as string, 0), 'unlink', { path: name as string })
  }

  #read(target: Uint8Array): number {
    const flags = constants.MSG_DONTWAIT
    const got = sys.recvmsg(this.handle.number, [target], flags, about, 0)
    return got === EAGAIN || got === EINTR ? got : must(got, 'recvmsg', { on: `${this}` })
  }

  protected override addressOf(options: SendToOptions | undefined): Uint8Array | undefined {
    return options?.to === undefined ? undefined : encodeName(options.to, 'to')
  }
}
