// What came with a signal: siginfo_t, sigaction(2), in the two layouts that the kernel gives it in.
import { SIGRTMIN, type SignalName, signalName, signalNumber } from './names.ts'

/** Who made the signal. */
export type SignalSource =
  | 'kill' // kill(2), raise(3) of another thread
  | 'thread' // tgkill(2), pthread_kill(3)
  | 'queue' // sigqueue(3)
  | 'timer' // timer_create(2)
  | 'message-queue' // mq_notify(3)
  | 'io' // F_SETSIG, O_ASYNC, aio(7)
  | 'child' // a child ended, stopped or continued
  | 'kernel' // a fault, a terminal, setitimer(2)

/** A signal that was received. What its source does not give is absent. */
export interface SignalInfo {
  readonly signal: SignalName
  readonly number: number
  readonly source: SignalSource
  /** `si_code` by its name, `SI_QUEUE`; its number where it has none. */
  readonly code: string
  /**
   * The sender. Absent if the kernel does not know it: it is outside this process's pid namespace, or the queue was full
   * (RLIMIT_SIGPENDING) and a `kill` of a real-time signal got through without it.
   */
  readonly pid?: number
  /** The sender's real user id. */
  readonly uid?: number
  /** `sival_int`: what `sigqueue` or the timer sent along, as 32 bits, signed. */
  readonly value?: number
  /** `sival_ptr`: the same as 64 bits, unsigned. */
  readonly pointer?: bigint
  /** The timer's id, and how many expirations found this signal still pending. */
  readonly timer?: number
  readonly overrun?: number
  /** A child's exit status or signal. */
  readonly status?: number
  /** A fault's address. */
  readonly address?: bigint
  /** I/O: the descriptor and its poll(2) events. */
  readonly fd?: number
  readonly band?: number
}

/** Where the fields lie: `struct signalfd_siginfo` of signalfd(2), `siginfo_t` of sigwaitinfo(2). */
interface Layout {
  readonly pid: number
  readonly uid: number
  readonly value: number
  readonly pointer: number
  readonly timer: number
  readonly overrun: number
  readonly status: number
  readonly address: number
  readonly band: number
  readonly fd: number
}

export const FROM_SIGNALFD: Layout = {
  pid: 12,
  uid: 16,
  fd: 20,
  timer: 24,
  band: 28,
  overrun: 32,
  status: 40,
  value: 44,
  pointer: 48,
  address: 72,
}
export const FROM_SIGWAIT: Layout = {
  pid: 16,
  uid: 20,
  value: 24,
  pointer: 24,
  timer: 16,
  overrun: 20,
  status: 24,
  address: 16,
  band: 16,
  fd: 24,
}

const CODES: ReadonlyMap<number, readonly [name: string, source: SignalSource]> = new Map([
  [0, ['SI_USER', 'kill']],
  [-1, ['SI_QUEUE', 'queue']],
  [-2, ['SI_TIMER', 'timer']],
  [-3, ['SI_MESGQ', 'message-queue']],
  [-4, ['SI_ASYNCIO', 'io']],
  [-5, ['SI_SIGIO', 'io']],
  [-6, ['SI_TKILL', 'thread']],
  [0x80, ['SI_KERNEL', 'kernel']],
])
const CHILD_CODES = ['CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED']
const POLL_CODES = ['POLL_IN', 'POLL_OUT', 'POLL_MSG', 'POLL_ERR', 'POLL_PRI', 'POLL_HUP']
const FAULTS: ReadonlySet<number> = new Set(
  (['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP'] as const).map(signalNumber),
)
const SIGCHLD = signalNumber('SIGCHLD')
const SIGIO = signalNumber('SIGIO')

function sourceOf(number: number, code: number): readonly [name: string, source: SignalSource] {
  const known = CODES.get(code)
  if (known !== undefined) return known
  if (code < 0) return [`${code}`, 'queue'] // a code of the sender's own, rt_sigqueueinfo(2)
  if (number === SIGCHLD) return [CHILD_CODES[code - 1] ?? `${code}`, 'child']
  if (number === SIGIO || number >= SIGRTMIN) return [POLL_CODES[code - 1] ?? `${code}`, 'io']
  return [`${code}`, 'kernel']
}

const QUEUE = -1

/** Reads the 128 bytes. */
export function decodeInfo(view: DataView, layout: Layout): SignalInfo {
  const number = view.getInt32(0, true)
  const code = view.getInt32(8, true)
  if (code === QUEUE) return decodeQueued(number, view, layout)
  const [name, source] = sourceOf(number, code)
  const head = { signal: signalName(number), number, source, code: name }
  const int = (offset: number): number => view.getInt32(offset, true)
  const sender = (): { pid?: number; uid?: number } =>
    int(layout.pid) === 0 ? {} : { pid: int(layout.pid), uid: view.getUint32(layout.uid, true) }
  const value = (): { value: number; pointer: bigint } => ({
    value: int(layout.value),
    pointer: view.getBigUint64(layout.pointer, true),
  })
  switch (source) {
    case 'kill':
    case 'thread':
      return { ...head, ...sender() }
    case 'queue':
    case 'message-queue':
      return { ...head, ...sender(), ...value() }
    case 'timer':
      return { ...head, timer: int(layout.timer), overrun: int(layout.overrun), ...value() }
    case 'child':
      return { ...head, ...sender(), status: int(layout.status) }
    case 'io':
      return { ...head, fd: int(layout.fd), band: view.getUint32(layout.band, true) }
    default:
      return FAULTS.has(number) ? { ...head, address: view.getBigUint64(layout.address, true) } : head
  }
}

/** What sigqueue(3) sends, in a hurry: an object of one shape. */
function decodeQueued(number: number, view: DataView, layout: Layout): SignalInfo {
  const pid = view.getInt32(layout.pid, true)
  const value = view.getInt32(layout.value, true)
  const pointer = view.getBigUint64(layout.pointer, true)
  const head = { signal: signalName(number), number, source: 'queue', code: 'SI_QUEUE' } as const
  if (pid === 0) return { ...head, value, pointer }
  return {
    signal: head.signal,
    number,
    source: 'queue',
    code: 'SI_QUEUE',
    pid,
    uid: view.getUint32(layout.uid, true),
    value,
    pointer,
  }
}
