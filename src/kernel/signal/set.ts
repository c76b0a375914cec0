// Sets of signals, and which signals this process can do without.
import { reservedSignals } from '../../sys/signal.ts'
import { SIGRTMAX, SIGRTMIN, type SignalName, signalName, signalNumber } from './names.ts'

/** As the kernel has them: bit `number - 1`. */
export type SignalSet = BigUint64Array

const FAULT = 'the kernel ends a process whose own fault is blocked'
const REFUSED: ReadonlyMap<number, string> = new Map([
  [signalNumber('SIGKILL'), 'the kernel lets nobody block, handle or ignore it'],
  [signalNumber('SIGSTOP'), 'the kernel lets nobody block, handle or ignore it'],
  [
    signalNumber('SIGCHLD'),
    "Node learns by it that children end; use a child's 'exit' event, PidFd, or process.on",
  ],
  [signalNumber('SIGUSR1'), "it starts Node's inspector; use process.on, or better another signal"],
  [signalNumber('SIGPROF'), "it drives V8's profiler; use process.on, or better another signal"],
  ...(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS'] as const).map(
    (name) => [signalNumber(name), FAULT] as const,
  ),
  [reservedSignals.mask, 'hutong tells threads by it which signals are blocked'],
  [reservedSignals.cancel, 'hutong ends waiting calls by it'],
])

/** Why this signal can be neither blocked nor listened to, nor its action changed; undefined if it can. */
export function refusal(number: number): string | undefined {
  if (number > 31 && number < SIGRTMIN) return 'libc keeps it for itself'
  return REFUSED.get(number)
}

/** The numbers of signals that may be blocked. RangeError, with the reason, for one that may not. */
export function checkedNumbers(names: readonly (SignalName | number)[], what: string): number[] {
  if (!Array.isArray(names)) throw new TypeError(`${what} takes an array of signals`)
  if (names.length === 0) throw new RangeError(`${what} needs at least one signal`)
  return [...new Set(names.map((name) => checkedNumber(name, what)))]
}

export function checkedNumber(name: SignalName | number, what: string): number {
  const number = signalNumber(name)
  const reason = refusal(number)
  if (reason !== undefined) throw new RangeError(`${what} refuses ${signalName(number)}: ${reason}`)
  return number
}

export function setOf(numbers: readonly number[]): SignalSet {
  let bits = 0n
  for (const number of numbers) bits |= 1n << BigInt(number - 1)
  return new BigUint64Array([bits])
}

/** The names of a set's signals, by number. */
export function namesOf(set: SignalSet): SignalName[] {
  const [bits = 0n] = set
  const names: SignalName[] = []
  for (let number = 1; number <= SIGRTMAX; number++) {
    if (((bits >> BigInt(number - 1)) & 1n) === 1n) names.push(signalName(number))
  }
  return names
}
