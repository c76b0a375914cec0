// pidfd_open(2), pidfd_getfd(2). Each gives a descriptor (close-on-exec) or `-errno`; see `must`.
import { native } from './addon.ts'

/** pidfd_open(2): a descriptor that stands for the process itself, however often its number is used again. */
export const pidfd_open: (pid: number, flags: number) => number = native.pidfd_open
/**
 * pidfd_getfd(2): a descriptor of our own for descriptor `fd` of that process: the same open file description, so no
 * further end of a pipe. EPERM without the right to ptrace(2) it.
 */
export const pidfd_getfd: (pidfd: number, fd: number, flags: number) => number = native.pidfd_getfd
/**
 * The status of wait(2) of a process that has ended, `-ECHILD` if the kernel does not tell: a child that has not been waited
 * for, or, since Linux 6.15, any process that has been. The child stays for whoever will wait for it.
 */
export const pidfdStatus: (pidfd: number) => number = native.pidfdStatus
