// UnixListener: accepts connections.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, ECONNABORTED, EINTR, EINVAL } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { unlinkat } from '../../sys/file.ts'
import * as sys from '../../sys/socket.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { checkFlag, checkMode, checkWhole } from '../mapping-options.ts'
import { adoptSocket } from './adopt.ts'
import { type BindOptions, bindTo } from './bind.ts'
import { openSocket } from './connect.ts'
import { SocketEnd } from './end.ts'
import { autobindAddress, encodeName, isAbstract, showName, type UnixName } from './name.ts'
import { getInt, typeNumber } from './setting.ts'
import { type ConnectedType, UnixSocket } from './socket.ts'

/** Options of `UnixListener.listen`. */
export interface ListenOptions extends BindOptions {
  /** Default: `stream`. */
  readonly type?: ConnectedType
  /** Connections that may wait to be accepted, at most /proc/sys/net/core/somaxconn; others wait in `connect`. Default 511. */
  readonly backlog?: number
}

const TYPES: readonly ConnectedType[] = ['stream', 'seqpacket']

/** A Unix socket that listens; iterating it gives the connections. listen(2), accept(2) */
export class UnixListener extends SocketEnd<ConnectedType> implements AsyncIterable<UnixSocket> {
  /**
   * Listens under a path (made with `mode`, 0600), an abstract name, or, without a name, one that the kernel chooses.
   * EADDRINUSE says what is in the way; EACCES, ENOENT, ENOTDIR of the folder.
   */
  static listen(name: UnixName | undefined, options: ListenOptions = {}): UnixListener {
    const { type = 'stream', backlog = 511, mode, replaceStale } = options
    const kind = typeNumber(type, TYPES)
    checkWhole(backlog, 'backlog')
    if (mode !== undefined) checkMode(mode)
    checkFlag(replaceStale, 'replaceStale')
    if (name !== undefined) encodeName(name) // what is wrong with it is told before anything happens
    const fd = openSocket(kind, `Unix listener ${name === undefined ? '' : showName(name)}`.trim())
    try {
      if (name === undefined) must(sys.bind(fd.number, autobindAddress()), 'bind', { on: `${fd}` })
      else bindTo(fd, name, options)
      must(sys.listen(fd.number, Math.min(backlog, 0x7fffffff)), 'listen', { on: `${fd}` })
    } catch (error) {
      fd.close()
      throw error
    }
    return new UnixListener(fd, type)
  }

  /** Takes over descriptor `fd`, inherited or received, e.g. of socket activation. EINVAL if it does not listen. */
  static from(fd: number): UnixListener {
    const listener = adoptSocket(fd, TYPES, (handle, type) => new UnixListener(handle, type))
    if (getInt(listener.handle, constants.SO_ACCEPTCONN) !== 0) return listener
    listener.handle.release()
    throw new SysError(EINVAL, 'accept4', {
      on: `fd ${fd}`,
      hint: 'This socket does not listen.',
    })
  }

  /** The next connection. EMFILE, ENFILE: it goes on waiting in the backlog. */
  async accept(options?: WaitOptions): Promise<UnixSocket> {
    return this.#made(await this.readiness.whenReadable(() => this.#accept(), options))
  }

  /** As `accept`, without waiting: `undefined` when nobody is there. */
  tryAccept(): UnixSocket | undefined {
    this.readiness.makeNonblocking()
    const made = this.#accept()
    return made === EAGAIN ? undefined : this.#made(made)
  }

  /** As `accept`, blocking this thread. */
  acceptSync(options?: SyncOptions): UnixSocket {
    this.readiness.makeNonblocking()
    return this.#made(waitSync(this.handle, constants.POLLIN, () => this.#accept(), options))
  }

  /** Connections, until `signal` aborts, which throws its reason. */
  async *connections(options?: WaitOptions): AsyncGenerator<UnixSocket, never, undefined> {
    for (;;) yield await this.accept(options)
  }

  [Symbol.asyncIterator](): AsyncGenerator<UnixSocket, never, undefined> {
    return this.connections()
  }

  /** Removes the path; connections and those that wait stay. Nothing to do for an abstract name, which goes with `close`. */
  unlink(): void {
    const { name } = this
    if (name === undefined || isAbstract(name)) return
    must(unlinkat(constants.AT_FDCWD, name as string, 0), 'unlink', { path: name as string })
  }

  #accept(): number {
    const made = sys.accept4(this.handle.number, constants.SOCK_CLOEXEC)
    if (made === ECONNABORTED) return EINTR // it has gone again: the next one
    return made >= 0 || made === EAGAIN || made === EINTR ? made : must(made, 'accept4', { on: `${this}` })
  }

  #made(number: number): UnixSocket {
    return new UnixSocket(new Fd(number, 'Unix socket'), this.type)
  }
}
