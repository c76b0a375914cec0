// Sending signals: kill(2), tgkill(2), sigqueue(3), pidfd_send_signal(2).
import { EAGAIN, EPERM, ESRCH } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { kill, pidfd_send_signal, rt_tgsigqueueinfo, tgkill } from '../../sys/signal.ts'
import { queueSignal } from '../../sys/signal-quick.ts'
import { kindOf } from '../bytes.ts'
import { type SignalName, signalName, signalNumber } from './names.ts'

/** Whom a signal is for. */
export type SignalTarget =
  /** A process. */
  | number
  /** A process that cannot be mistaken for another with the same number: a PidFd. */
  | { readonly fd: number; readonly pid: number }
  /** One thread; `process` is its process, by default this one. */
  | { readonly thread: number; readonly process?: number }
  /** All processes of a group, or of this process's own. */
  | { readonly group: number | 'own' }

/** What goes with a queued signal: 32 bits, signed (`sival_int`), or as a bigint 64 bits (`sival_ptr`). */
export type SignalValue = number | bigint

const MOST_PID = 4_194_304 // PID_MAX_LIMIT
const MOST = { int: 2 ** 31 - 1, pointer: 2n ** 64n - 1n, signed: -(2n ** 63n) }
const HINTS: ReadonlyMap<number, string> = new Map([
  [
    EAGAIN,
    "The queue of the receiver's user is full (RLIMIT_SIGPENDING): try again when it has received some.",
  ],
  [EPERM, 'It belongs to another user: only root, or CAP_KILL, may.'],
  [ESRCH, 'There is none; a process that has ended and been waited for is none either.'],
])

/** A process or thread number; RangeError for what kill(2) would take for a group, or for everybody. */
export function checkPid(pid: unknown, name: string): number {
  if (typeof pid !== 'number') throw new TypeError(`${name} must be a number, not ${kindOf(pid)}`)
  if (Number.isInteger(pid) && pid >= 1 && pid <= MOST_PID) return pid
  const groups = pid <= 0 ? '; for a process group, say { group }' : ''
  throw new RangeError(`${name} must be 1 to ${MOST_PID}, not ${pid}${groups}`)
}

// One cell: filled just before the call.
const cell = new BigInt64Array(1)
const halves = new Int32Array(cell.buffer)

function valueBytes(value: SignalValue): BigInt64Array {
  if (typeof value === 'bigint') {
    if (value < MOST.signed || value > MOST.pointer) {
      throw new RangeError(`value must fit into 64 bits, not ${value}`)
    }
    cell[0] = BigInt.asIntN(64, value)
    return cell
  }
  if (typeof value !== 'number') throw new TypeError(`value must be a number or bigint, not ${kindOf(value)}`)
  if (!Number.isInteger(value) || value < -MOST.int - 1 || value > MOST.int) {
    throw new RangeError(`value must be a whole number of 32 bits, signed, or a bigint, not ${value}`)
  }
  halves[0] = value
  halves[1] = 0
  return cell
}

interface Sending {
  readonly result: number
  readonly syscall: string
}

function sendTo(target: SignalTarget, signal: number, value: SignalValue | undefined): Sending {
  const bytes = value === undefined ? undefined : valueBytes(value)
  if (typeof target !== 'object' || target === null) {
    const pid = checkPid(target, 'pid')
    if (bytes === undefined) return { result: kill(pid, signal), syscall: 'kill' }
    return { result: queueSignal(pid, signal, halves[0] ?? 0, halves[1] ?? 0), syscall: 'sigqueue' }
  }
  if ('fd' in target) {
    return { result: pidfd_send_signal(target.fd, signal, bytes, 0), syscall: 'pidfd_send_signal' }
  }
  if ('thread' in target) {
    const tid = checkPid(target.thread, 'thread')
    const pid = target.process === undefined ? process.pid : checkPid(target.process, 'process')
    if (bytes === undefined) return { result: tgkill(pid, tid, signal), syscall: 'tgkill' }
    return { result: rt_tgsigqueueinfo(pid, tid, signal, bytes), syscall: 'rt_tgsigqueueinfo' }
  }
  if (!('group' in target)) throw new TypeError('a target must be a pid, a PidFd, { thread } or { group }')
  if (bytes !== undefined)
    throw new TypeError('a value cannot be sent to a group: sigqueue(3) takes one process')
  const group = target.group === 'own' ? 0 : checkPid(target.group, 'group')
  return { result: kill(-group, signal), syscall: 'kill' }
}

function nameOf(target: SignalTarget): string {
  if (typeof target === 'number') return `process ${target}`
  if ('fd' in target) return `process ${target.pid}`
  if ('group' in target) return target.group === 'own' ? 'its own group' : `group ${target.group}`
  return `thread ${target.thread} of process ${target.process ?? process.pid}`
}

function finish({ result, syscall }: Sending, number: number, target: SignalTarget): void {
  if (result >= 0) return
  const hint = HINTS.get(result)
  const on = `${signalName(number)} to ${nameOf(target)}`
  throw new SysError(result, syscall, hint === undefined ? { on } : { on, hint })
}

/**
 * Sends a signal. ESRCH: there is no such process; EPERM: it belongs to somebody else; EAGAIN: a real-time signal to a thread
 * or pidfd whose user's queue is full. A pid of 0 or less is refused: say `{ group }`.
 */
export function send(target: SignalTarget, signal: SignalName | number): void {
  const number = signalNumber(signal)
  finish(sendTo(target, number, undefined), number, target)
}

/**
 * Sends a signal with a value (sigqueue(3)). Real-time signals queue, in order; a standard one that is pending already is not
 * sent again. EAGAIN when the queue of the receiver's user is full: it has not been sent.
 */
export function queue(target: SignalTarget, signal: SignalName | number, value: SignalValue = 0): void {
  const number = signalNumber(signal)
  finish(sendTo(target, number, value), number, target)
}

/** As `queue`, but `undefined` when the queue is full. */
export function tryQueue(
  target: SignalTarget,
  signal: SignalName | number,
  value: SignalValue = 0,
): true | undefined {
  const number = signalNumber(signal)
  const sending = sendTo(target, number, value)
  if (sending.result === EAGAIN) return undefined
  finish(sending, number, target)
  return true
}

/** Whether there is such a process, also as a zombie, and whoever owns it: kill(2) with signal 0. */
export function exists(pid: number): boolean {
  const result = kill(checkPid(pid, 'pid'), 0)
  if (result === ESRCH) return false
  if (result !== EPERM) must(result, 'kill', { on: `process ${pid}` })
  return true
}
