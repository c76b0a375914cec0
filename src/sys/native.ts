// The whole addon, typed in one place. Every function gives `>= 0` or `-errno` and throws only for wrong types.
import type { Constants } from './constant-names.ts'
import type { NativeMqueue } from './native-mqueue.ts'

/** Anything that exposes bytes: typed arrays, DataView, ArrayBuffer, SharedArrayBuffer views. */
export type BufferSource = ArrayBufferView | ArrayBuffer

declare const brand: unique symbol
/** What `watch` gives; opaque. */
export interface Watcher {
  readonly [brand]: 'watcher'
}
/** What `waitStart` gives; opaque. */
export interface Ticket {
  readonly [brand]: 'ticket'
}

/** What `mmap` gives; opaque. */
export interface Memory {
  readonly [brand]: 'memory'
}

/** Bytes the kernel writes for us: the argument's position, and how many bytes it may write. */
export interface OutArgument {
  readonly index: number
  readonly size: number
}

export interface Native extends NativeMqueue {
  readonly errno: Readonly<Record<string, number>>
  readonly constants: Constants
  strerror(errno: number): string

  openat(dirfd: number, path: string, flags: number, mode: number): number
  close(fd: number): number
  dup3(from: number, to: number, flags: number): number
  own(fd: number): void
  disown(fd: number): void
  read(fd: number, buffer: BufferSource, offset?: number, length?: number): number
  write(fd: number, buffer: BufferSource, offset?: number, length?: number): number
  quickBlock(): ArrayBuffer | number
  quickAddress(buffer: BufferSource): void
  quickRead(): void
  quickWrite(): void
  writev(fd: number, buffers: readonly BufferSource[]): number
  fcntl(fd: number, command: number, argument: number): number
  fionread(fd: number): number
  poll(fd: number, events: number, timeout: number): number
  ftruncate(fd: number, length: number): number
  fallocate(fd: number, mode: number, offset: number, length: number): number
  unlinkat(dirfd: number, path: string, flags: number): number
  linkat(fromDirfd: number, from: string, toDirfd: number, to: string, flags: number): number

  pipe2(flags: number): [reader: number, writer: number] | number
  mkfifoat(dirfd: number, path: string, mode: number): number
  splice(
    from: number,
    fromOffset: number,
    to: number,
    toOffset: number,
    length: number,
    flags: number,
  ): number
  tee(from: number, to: number, length: number, flags: number): number
  vmsplice(to: number, buffer: BufferSource, flags: number): number
  eventfd(initial: number, flags: number): number
  address(buffer: BufferSource): number
  futexWait(address: number, expected: number, timeout: number): number
  futexWake(address: number, count: number): number
  flock(fd: number, operation: number): number
  flockUntil(fd: number, operation: number, timeout: number): number
  fcntlLock(fd: number, command: number, lock: BufferSource): number
  fcntlLockUntil(fd: number, command: number, lock: BufferSource, timeout: number): number
  readonly mutexSize: number
  readonly mutexAlignment: number
  readonly mutexWordOffset: number
  mutexBlock(): ArrayBuffer | number
  mutexTry(): void
  mutexContend(): void
  mutexLock(timeout: number): void
  mutexUnlock(): void
  mutexConsistent(): void
  mutexInitialize(): void
  mutexKind(): void
  mutexOwn(): void
  readonly glibcVersion: string
  semBlock(): ArrayBuffer | number
  semPost(): void
  semTrywait(): void
  semTimedwait(): void
  readonly conditionSizes: readonly [header: number, slot: number, most: number]
  conditionInitialize(address: number, waiters: number): number
  conditionSlots(address: number, room: number): number
  conditionBegin(address: number): number
  conditionEnd(address: number, slot: number): number
  conditionWithdraw(address: number, slot: number): number
  conditionSleep(address: number, slot: number, mutex: number, timeout: number): number
  conditionNotify(address: number, count: number): number
  conditionWaiting(address: number): number
  epoll_create1(flags: number): number
  epoll_ctl(epoll: number, operation: number, fd: number, events: number): number
  pidfd_open(pid: number, flags: number): number
  pidfd_getfd(pidfd: number, fd: number, flags: number): number
  pidfdStatus(pidfd: number): number

  readonly signals: Readonly<Record<string, number>>
  readonly reservedSignals: { readonly mask: number; readonly cancel: number }
  kill(pid: number, signal: number): number
  tgkill(pid: number, tid: number, signal: number): number
  rt_sigqueueinfo(pid: number, signal: number, value: BufferSource): number
  signalBlock(): ArrayBuffer | number
  quickQueue(): void
  quickTake(): void
  quickSignalfd(): void
  rt_tgsigqueueinfo(pid: number, tid: number, signal: number, value: BufferSource): number
  pidfd_send_signal(pidfd: number, signal: number, value: BufferSource | undefined, flags: number): number
  signalfd(fd: number, set: BufferSource, flags: number): number
  rt_sigtimedwait(set: BufferSource, info: BufferSource, timeout: number): number
  sigpending(set: BufferSource): number
  disposition(signal: number): number
  setDisposition(signal: number, disposition: number): number
  callHandler(signal: number): number
  maskBlock(set: BufferSource): number
  maskUnblock(set: BufferSource): number
  maskBlocked(set: BufferSource): number
  maskHold(set: BufferSource): number
  maskLetGo(set: BufferSource): number
  timer_create(clock: number, signal: number, value: BufferSource): number
  timer_settime(timer: number, flags: number, value: number, interval: number): number
  timer_gettime(timer: number): number
  timer_getoverrun(timer: number): number
  timer_delete(timer: number): number
  setitimer(which: number, value: number, interval: number): number
  getitimer(which: number): number

  socket(domain: number, type: number, protocol: number): number
  socketpair(domain: number, type: number, pair: Int32Array): number
  bind(fd: number, address: BufferSource): number
  connect(fd: number, address: BufferSource): number
  listen(fd: number, backlog: number): number
  accept4(fd: number, flags: number): number
  shutdown(fd: number, how: number): number
  getsockname(fd: number, address: BufferSource): number
  getpeername(fd: number, address: BufferSource): number
  getsockopt(fd: number, level: number, option: number, value: BufferSource): number
  setsockopt(fd: number, level: number, option: number, value: BufferSource): number
  sendmsg(
    fd: number,
    buffers: readonly BufferSource[],
    flags: number,
    descriptors?: Int32Array,
    credentials?: Int32Array,
    address?: BufferSource,
  ): number
  recvmsg(
    fd: number,
    buffers: readonly BufferSource[],
    flags: number,
    about: Int32Array,
    most: number,
    address?: BufferSource,
  ): number
  sendmmsg(
    fd: number,
    packets: BufferSource,
    lengths: Uint32Array,
    first: number,
    count: number,
    flags: number,
  ): number
  recvmmsg(
    fd: number,
    packets: BufferSource,
    lengths: Uint32Array,
    first: number,
    count: number,
    flags: number,
  ): number

  fsopen(name: string, flags: number): number
  fsconfig(fd: number, command: number): number
  fsmount(fd: number, flags: number, attributes: number): number

  semget(key: number, count: number, flags: number): number
  semctl(id: number, index: number, command: number, argument?: number | BufferSource): number
  semtimedop(id: number, operations: BufferSource, timeout: number): number
  semaphoreBlock(): ArrayBuffer | number
  semaphoreOperate(): void
  readonly semidLayout: {
    readonly operatedAt: number
    readonly changedAt: number
    readonly count: number
    readonly size: number
  }

  shmget(key: number, size: number, flags: number): number
  shmctl(id: number, command: number, buffer?: BufferSource): number
  shmat(id: number, flags: number): Memory | number

  readonly pageSize: number
  mmap(length: number, protection: number, flags: number, fd: number, offset: number): Memory | number
  mappedBuffer(memory: Memory, shared: boolean): ArrayBuffer | SharedArrayBuffer | number
  munmap(memory: Memory, buffer: ArrayBuffer | SharedArrayBuffer | undefined): number
  detachIdle(buffer: ArrayBuffer): number
  memoryFlags(memory: Memory): number
  memoryAddress(memory: Memory): number
  discardWritten(memory: Memory): number
  msync(memory: Memory, offset: number, length: number, flags: number): number
  madvise(memory: Memory, offset: number, length: number, advice: number): number
  mlock(memory: Memory, offset: number, length: number): number
  munlock(memory: Memory, offset: number, length: number): number
  memfd_create(name: string, flags: number): number
  quarantine(): [ranges: number, bytes: number, slots: number]
  quarantineDrain(later: number): void
  guardListening(signal: number, on: boolean): void

  msgget(key: number, flags: number): number
  msgctl(id: number, command: number, buffer?: BufferSource): number
  messageBlock(): ArrayBuffer | number
  messageAddress(buffer: BufferSource): number
  messageSend(): void
  messageReceive(): void
  messageSendFrom(block: Float64Array): void
  messageReceiveFrom(block: Float64Array): void

  watch(fd: number, callback: (events: number) => void): Watcher | number
  watchFor(watcher: Watcher, events: number): number
  watchRef(watcher: Watcher, keepAlive: boolean): void
  unwatch(watcher: Watcher): void

  waitStart(
    number: number,
    args: readonly (number | string | BufferSource)[],
    out: OutArgument | undefined,
    callback: (result: number, bytes?: ArrayBuffer) => void,
  ): Ticket | number
  waitCancel(ticket: Ticket): void
  waitJoin(ticket: Ticket): void
  waitRef(ticket: Ticket, keepAlive: boolean): void
  openatUntil(dirfd: number, path: string, flags: number, timeout: number): number
}
