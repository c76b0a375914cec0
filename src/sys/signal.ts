// kill(2), sigqueue(3), signalfd(2) and their kin. All give `>= 0` or `-errno`; see `must`. A set of signals is 8 bytes: bit
// `signal - 1`. A value is 8 bytes: what sigval holds.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** Signal numbers by name, of this architecture and libc; the real-time ones are between SIGRTMIN and SIGRTMAX. */
export const signalNumbers: Readonly<Record<string, number>> = Object.freeze(native.signals)

/** The signals that this library keeps for itself: see native/mask.c and native/cancel.c. */
export const reservedSignals: { readonly mask: number; readonly cancel: number } = native.reservedSignals

/** kill(2). */
export const kill: (pid: number, signal: number) => number = native.kill
/** tgkill(2): to thread `tid` of process `pid`. */
export const tgkill: (pid: number, tid: number, signal: number) => number = native.tgkill
/** rt_sigqueueinfo(2), as sigqueue(3) makes it. */
export const rt_sigqueueinfo: (pid: number, signal: number, value: BufferSource) => number =
  native.rt_sigqueueinfo
/** rt_tgsigqueueinfo(2): to thread `tid` of process `pid`. */
export const rt_tgsigqueueinfo: (pid: number, tid: number, signal: number, value: BufferSource) => number =
  native.rt_tgsigqueueinfo
/** pidfd_send_signal(2); without a value as kill(2). */
export const pidfd_send_signal: (
  pidfd: number,
  signal: number,
  value: BufferSource | undefined,
  flags: number,
) => number = native.pidfd_send_signal
/** signalfd(2); `fd` -1 makes a new one. */
export const signalfd: (fd: number, set: BufferSource, flags: number) => number = native.signalfd
/** rt_sigtimedwait(2): blocks this thread, `timeout` ms, -1 for ever. `info` takes the 128 bytes of siginfo_t. */
export const rt_sigtimedwait: (set: BufferSource, info: BufferSource, timeout: number) => number =
  native.rt_sigtimedwait
/** sigpending(2): of the process and of this thread. */
export const sigpending: (set: BufferSource) => number = native.sigpending
/** sigaction(2), asking only: 0 default action, 1 ignored, 2 a handler. */
export const disposition: (signal: number) => number = native.disposition
/** sigaction(2): 0 default action, 1 ignored. */
export const setDisposition: (signal: number, disposition: number) => number = native.setDisposition
/** Runs the plain handler (libuv's) that the signal has, as if it had come; gives 1 if there is one. */
export const callHandler: (signal: number) => number = native.callHandler

/** Blocks signals in every thread of the process; see native/mask.c. */
export const maskBlock: (set: BufferSource) => number = native.maskBlock
/** Unblocks them, except what a listener holds. */
export const maskUnblock: (set: BufferSource) => number = native.maskUnblock
/** What `maskBlock` has blocked. */
export const maskBlocked: (set: BufferSource) => number = native.maskBlocked
/** Blocks signals for a listener, counted. */
export const maskHold: (set: BufferSource) => number = native.maskHold
/** Undoes one `maskHold`; what nobody holds is unblocked, and discarded if it would end the process. */
export const maskLetGo: (set: BufferSource) => number = native.maskLetGo
