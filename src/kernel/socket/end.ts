// What all Unix sockets of ours have in common.
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { fionread } from '../../sys/file.ts'
import { QuickTransfer } from '../../sys/quick.ts'
import { getsockname } from '../../sys/socket.ts'
import { Readiness } from '../../wait/readiness.ts'
import { checkFlag } from '../mapping-options.ts'
import { decodeName, type UnixName } from './name.ts'
import { getInt, type SocketType, setBuffer, setInt } from './setting.ts'

/** One Unix socket. unix(7), socket(7) */
export abstract class SocketEnd<T extends SocketType = SocketType> {
  readonly type: T
  protected readonly handle: Fd
  protected readonly readiness: Readiness
  protected readonly quick: QuickTransfer = new QuickTransfer()

  /** Internal. */
  constructor(handle: Fd, type: T) {
    this.handle = handle
    this.type = type
    this.readiness = new Readiness(handle)
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.handle.number
  }

  get closed(): boolean {
    return this.handle.closed
  }

  /** Its own name; `undefined` if it has none, as most sockets that connect. */
  get name(): UnixName | undefined {
    return nameFrom(getsockname, this.handle, 'getsockname')
  }

  /** Bytes on their way to the peer that it may hold, with the kernel's overhead: SO_SNDBUF. At most wmem_max is granted. */
  get sendBuffer(): number {
    return getInt(this.handle, constants.SO_SNDBUF)
  }

  set sendBuffer(bytes: number) {
    setBuffer(this.handle, constants.SO_SNDBUF, bytes, 'sendBuffer')
  }

  /** SO_RCVBUF. Of a Unix socket only the sending side's buffer counts. */
  get receiveBuffer(): number {
    return getInt(this.handle, constants.SO_RCVBUF)
  }

  set receiveBuffer(bytes: number) {
    setBuffer(this.handle, constants.SO_RCVBUF, bytes, 'receiveBuffer')
  }

  /** Whether what is received says who sent it: SO_PASSCRED. The kernel then gives this socket a name if it has none. */
  get passCredentials(): boolean {
    return getInt(this.handle, constants.SO_PASSCRED) !== 0
  }

  set passCredentials(wanted: boolean) {
    checkFlag(wanted, 'passCredentials')
    setInt(this.handle, constants.SO_PASSCRED, wanted ? 1 : 0)
  }

  /** Bytes waiting to be received; of datagrams, those of the first: FIONREAD. */
  get queued(): number {
    return must(fionread(this.handle.number), 'ioctl', { on: `${this}` })
  }

  /** Waiting operations keep the event loop running (the default). */
  ref(): this {
    this.readiness.ref()
    return this
  }

  unref(): this {
    this.readiness.unref()
    return this
  }

  /**
   * The descriptor's number for `stdio` of `child_process.spawn`, made blocking as other programs expect. Close this
   * object after the spawn: what waits here makes it non-blocking for both. EBUSY while operations wait.
   */
  inherit(): number {
    this.readiness.makeBlocking()
    return this.handle.number
  }

  /** Gives up the descriptor without closing it: the number is the caller's from now on. EBUSY while operations wait. */
  detach(): number {
    this.readiness.makeBlocking()
    return this.handle.release()
  }

  /** Closes the socket; operations that wait reject with EBADF. Its path, if it has one, stays. Idempotent. */
  close(): void {
    this.quick.forget()
    this.handle.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  toString(): string {
    return `${this.handle}`
  }
}

/** The name that getsockname(2) or getpeername(2) tells. */
export function nameFrom(
  call: (fd: number, address: Uint8Array) => number,
  fd: Fd,
  syscall: string,
): UnixName | undefined {
  const address = new Uint8Array(128)
  return decodeName(address, must(call(fd.number, address), syscall, { on: `${fd}` }))
}
