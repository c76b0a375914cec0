// epoll(7). All give `>= 0` or `-errno`.
import { native } from './addon.ts'

/** epoll_create1(2). */
export const epoll_create1: (flags: number) => number = native.epoll_create1
/** epoll_ctl(2): EPOLL_CTL_ADD, EPOLL_CTL_MOD or EPOLL_CTL_DEL. */
export const epoll_ctl: (epoll: number, operation: number, fd: number, events: number) => number =
  native.epoll_ctl
