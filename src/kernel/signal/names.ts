// Signals by name and number, signal(7).
import { nearest } from '../../address/nearest.ts'
import { signalNumbers } from '../../sys/signal.ts'
import { kindOf } from '../bytes.ts'

/** A signal's name; real-time signals are counted from SIGRTMIN or back from SIGRTMAX. */
export type SignalName =
  | NodeJS.Signals
  | 'SIGRTMIN'
  | 'SIGRTMAX'
  | `SIGRTMIN+${number}`
  | `SIGRTMAX-${number}`

/** What a signal does to a process that has neither a handler for it nor ignores it. */
export type DefaultAction = 'terminate' | 'core' | 'stop' | 'ignore' | 'continue'

/** A signal as signal(7) has it. */
export interface SignalDescription {
  readonly name: SignalName
  readonly number: number
  /** Sent several times it arrives several times, in order, with a value. */
  readonly realTime: boolean
  readonly action: DefaultAction
}

function numberOf(name: string): number {
  const number = signalNumbers[name]
  if (number === undefined) throw new Error(`signal ${name} is unknown on this architecture`)
  return number
}

/** The real-time signals that libc leaves to programs: 34 to 64 with glibc. */
export const SIGRTMIN: number = numberOf('SIGRTMIN')
export const SIGRTMAX: number = numberOf('SIGRTMAX')

const ACTIONS: Readonly<Record<string, DefaultAction>> = {
  SIGQUIT: 'core',
  SIGILL: 'core',
  SIGTRAP: 'core',
  SIGABRT: 'core',
  SIGBUS: 'core',
  SIGFPE: 'core',
  SIGSEGV: 'core',
  SIGXCPU: 'core',
  SIGXFSZ: 'core',
  SIGSYS: 'core',
  SIGSTOP: 'stop',
  SIGTSTP: 'stop',
  SIGTTIN: 'stop',
  SIGTTOU: 'stop',
  SIGCONT: 'continue',
  SIGCHLD: 'ignore',
  SIGURG: 'ignore',
  SIGWINCH: 'ignore',
}

const standard = new Map<number, string>()
for (const [name, number] of Object.entries(signalNumbers)) {
  if (!standard.has(number) && number < SIGRTMIN) standard.set(number, name)
}
const named = new Map(Object.entries(signalNumbers))
const RT_NAME = /^SIGRT(?:MIN(?:\+(\d{1,2}))?|MAX(?:-(\d{1,2}))?)$/

/** The number of a real-time name; undefined for another name, or one out of range. */
function realTimeNumber(name: string): number | undefined {
  const parts = RT_NAME.exec(name)
  if (parts === null) return undefined
  const [, after, before] = parts
  const number = name.startsWith('SIGRTMAX') ? SIGRTMAX - Number(before ?? 0) : SIGRTMIN + Number(after ?? 0)
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined
}

/**
 * The number of a signal: `'SIGTERM'`, `'SIGRTMIN+3'`, or a number, 1 to SIGRTMAX. RangeError for a name or number that
 * no signal has, TypeError for something else.
 */
export function signalNumber(signal: SignalName | number): number {
  if (typeof signal === 'number') {
    if (Number.isInteger(signal) && signal >= 1 && signal <= SIGRTMAX) return signal
    throw new RangeError(`a signal's number is 1 to ${SIGRTMAX}, not ${signal}`)
  }
  if (typeof signal !== 'string') {
    throw new TypeError(`a signal must be a name such as SIGTERM, or a number, not ${kindOf(signal)}`)
  }
  const number = named.get(signal) ?? realTimeNumber(signal)
  if (number !== undefined) return number
  if (RT_NAME.test(signal)) {
    const last = SIGRTMAX - SIGRTMIN
    throw new RangeError(
      `real-time signals are SIGRTMIN to SIGRTMIN+${last} and SIGRTMAX-${last} to SIGRTMAX, not ${signal}`,
    )
  }
  const near = nearestName(signal)
  throw new RangeError(
    `no signal is called '${signal}'${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
}

function nearestName(word: string): string | undefined {
  const bare = word.toLowerCase().replace(/^sig/, '')
  const found = nearest(
    bare,
    [...named.keys()].map((name) => name.slice(3).toLowerCase()),
  )
  return found === undefined ? undefined : `SIG${found.toUpperCase()}`
}

/** The name of a number, as `kill -l` counts: from SIGRTMIN in the lower half, back from SIGRTMAX in the upper. */
export function signalName(signal: number): SignalName {
  return names[signal] ?? nameOf(signalNumber(signal))
}

function nameOf(number: number): SignalName {
  const known = standard.get(number)
  if (known !== undefined) return known as SignalName
  if (number < SIGRTMIN) return `SIG${number}` as SignalName // libc's own
  const [up, down] = [number - SIGRTMIN, SIGRTMAX - number]
  if (up <= (SIGRTMAX - SIGRTMIN) / 2) return up === 0 ? 'SIGRTMIN' : `SIGRTMIN+${up}`
  return down === 0 ? 'SIGRTMAX' : `SIGRTMAX-${down}`
}

const names: readonly (SignalName | undefined)[] = Array.from({ length: SIGRTMAX + 1 }, (_, number) =>
  number === 0 ? undefined : nameOf(number),
)

/** What is known of a signal. */
export function describeSignal(signal: SignalName | number): SignalDescription {
  const number = signalNumber(signal)
  const name = signalName(number)
  return { name, number, realTime: number >= SIGRTMIN, action: ACTIONS[name] ?? 'terminate' }
}

/** Every signal that a program can send, by number. */
export function listSignals(): SignalDescription[] {
  const realTime = Array.from({ length: SIGRTMAX - SIGRTMIN + 1 }, (_, index) => SIGRTMIN + index)
  return [...[...standard.keys()].sort((a, b) => a - b), ...realTime].map(describeSignal)
}
