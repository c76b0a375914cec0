// socket(2) and its family. All give `>= 0` or `-errno`; see `must`. An address is the bytes of a `struct sockaddr`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** socket(2). */
export const socket: (domain: number, type: number, protocol: number) => number = native.socket
/** socketpair(2): the two descriptors into `pair`. */
export const socketpair: (domain: number, type: number, pair: Int32Array) => number = native.socketpair
/** bind(2). */
export const bind: (fd: number, address: BufferSource) => number = native.bind
/** connect(2). May block: a Unix socket whose listener is full says EAGAIN without blocking, and poll(2) does not tell when. */
export const connect: (fd: number, address: BufferSource) => number = native.connect
/** listen(2). */
export const listen: (fd: number, backlog: number) => number = native.listen
/** accept4(2), without the peer's address. */
export const accept4: (fd: number, flags: number) => number = native.accept4
/** shutdown(2). */
export const shutdown: (fd: number, how: number) => number = native.shutdown
/** getsockname(2): gives the length, which may be more than `address` holds. */
export const getsockname: (fd: number, address: BufferSource) => number = native.getsockname
/** getpeername(2): gives the length, which may be more than `address` holds. */
export const getpeername: (fd: number, address: BufferSource) => number = native.getpeername
/** getsockopt(2): gives the value's length. */
export const getsockopt: (fd: number, level: number, option: number, value: BufferSource) => number =
  native.getsockopt
/** setsockopt(2). */
export const setsockopt: (fd: number, level: number, option: number, value: BufferSource) => number =
  native.setsockopt
/** sendmsg(2) of at most 64 buffers, with at most 253 descriptors, and `[pid, uid, gid]` as credentials. */
export const sendmsg: (
  fd: number,
  buffers: readonly BufferSource[],
  flags: number,
  descriptors?: Int32Array,
  credentials?: Int32Array,
  address?: BufferSource,
) => number = native.sendmsg

/** The words of recvmsg's `about`, before the descriptors that came. */
export const ABOUT = {
  /** MSG_TRUNC, MSG_CTRUNC, MSG_EOR. */
  flags: 0,
  /** Of the sender's address. */
  addressLength: 1,
  /** 1 if the three that follow are known. */
  hasCredentials: 2,
  pid: 3,
  uid: 4,
  gid: 5,
  /** Of the sender, or -1. */
  pidfd: 6,
  /** How many descriptors follow. */
  descriptors: 7,
  first: 8,
} as const

/**
 * recvmsg(2) into at most 64 buffers. At most `most` (up to 253) descriptors, close-on-exec, into `about`, which has room
 * for `ABOUT.first + most` words. What the sender sent beyond is closed; MSG_CTRUNC in the flags tells.
 */
export const recvmsg: (
  fd: number,
  buffers: readonly BufferSource[],
  flags: number,
  about: Int32Array,
  most: number,
  address?: BufferSource,
) => number = native.recvmsg

/** A call on packets that lie in slots: equal shares of `packets`, one for each word of `lengths`, at most 1024 of them. */
type Batched = (
  fd: number,
  packets: BufferSource,
  lengths: Uint32Array,
  first: number,
  count: number,
  flags: number,
) => number
/** sendmmsg(2) of `count` slots from `first` on, each as long as `lengths` says: gives how many were sent. */
export const sendmmsg: Batched = native.sendmmsg
/** recvmmsg(2) into at most `count` slots from `first` on: gives how many came, and in `lengths` how long. */
export const recvmmsg: Batched = native.recvmmsg
