/**
 * `hutong/sys`: the system calls themselves, 1:1 and by their C names. A call gives `>= 0` or `-errno` as the kernel
 * does and never throws for what the world did; `must` turns a negative result into a SysError.
 */
export { type Constants, constants } from './constants.ts'
export { epoll_create1, epoll_ctl } from './epoll.ts'
export { errno, errnoName } from './errno.ts'
export { type FailedOn, must, SysError } from './error.ts'
export { eventfd } from './event.ts'
export { Fd } from './fd.ts'
export {
  close,
  dup3,
  fallocate,
  fcntl,
  fionread,
  ftruncate,
  linkat,
  openat,
  poll,
  read,
  unlinkat,
  write,
  writev,
} from './file.ts'
export { type FlockStruct, fcntlLock, flock, flockBytes } from './file-lock.ts'
export { type FutexWords, futex_wait, futex_wake } from './futex.ts'
export { fsconfig, fsmount, fsopen } from './mount.ts'
export {
  mq_getsetattr,
  mq_notify,
  mq_open,
  mq_timedreceive,
  mq_timedsend,
  mq_unlink,
} from './mqueue.ts'
export type { BufferSource } from './native.ts'
export type { QueueAttributes } from './native-mqueue.ts'
export { pidfd_getfd, pidfd_open, pidfdStatus } from './pidfd.ts'
export { mkfifoat, pipe2, splice, tee, vmsplice } from './pipe.ts'
export {
  callHandler,
  disposition,
  kill,
  maskBlock,
  maskBlocked,
  maskHold,
  maskLetGo,
  maskUnblock,
  pidfd_send_signal,
  rt_sigqueueinfo,
  rt_sigtimedwait,
  rt_tgsigqueueinfo,
  setDisposition,
  signalfd,
  signalNumbers,
  sigpending,
  tgkill,
} from './signal.ts'
export {
  ABOUT,
  accept4,
  bind,
  connect,
  getpeername,
  getsockname,
  getsockopt,
  listen,
  recvmmsg,
  recvmsg,
  sendmmsg,
  sendmsg,
  setsockopt,
  shutdown,
  socket,
  socketpair,
} from './socket.ts'
export { shmat, shmctl, shmget } from './sysv-memory.ts'
export {
  messageMemory,
  msgctl,
  msgget,
  msgrcv,
  msgrcvInto,
  msgsnd,
  receivedText,
  receivedType,
} from './sysv-queue.ts'
export { SEMID_LAYOUT, semctl, semget, semtimedop } from './sysv-semaphore.ts'
export {
  getitimer,
  setitimer,
  timer_create,
  timer_delete,
  timer_getoverrun,
  timer_gettime,
  timer_settime,
} from './timer.ts'
