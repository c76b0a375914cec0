// Timers that send signals: timer_create(2), setitimer(2). Milliseconds, as everywhere; fractions count.
import { constants } from '../../sys/constants.ts'
import { closedError, must } from '../../sys/error.ts'
import * as sys from '../../sys/timer.ts'
import { kindOf } from '../bytes.ts'
import { type SignalName, signalName, signalNumber } from './names.ts'

/** When a timer expires. */
export interface TimerTimes {
  /** Milliseconds until it expires first, more than 0. */
  readonly first: number
  /** Milliseconds from then on, again and again; 0 (the default): once. */
  readonly interval?: number
}

/** Which time a timer counts: the default does not jump with the clock; `boottime` also counts suspension, `cpu` this process's work. */
export type TimerClock = 'monotonic' | 'realtime' | 'boottime' | 'cpu'

export interface SignalTimerOptions {
  /** What it sends; SIGALRM by default. A real-time one carries the value. */
  readonly signal?: SignalName | number
  /** 32 bits, signed: `value` of the signals it sends. */
  readonly value?: number
  readonly clock?: TimerClock
}

const NANOSECONDS = 1e6
const LONGEST = 1e12 // 31 years
const CLOCKS: Readonly<Record<TimerClock, number>> = {
  monotonic: constants.CLOCK_MONOTONIC,
  realtime: constants.CLOCK_REALTIME,
  boottime: constants.CLOCK_BOOTTIME,
  cpu: constants.CLOCK_PROCESS_CPUTIME_ID,
}

function nanoseconds(time: unknown, name: string, least: number): number {
  if (typeof time !== 'number') throw new TypeError(`${name} must be a number, not ${kindOf(time)}`)
  if (!(time >= least && time <= LONGEST)) {
    throw new RangeError(
      `${name} must be ${least === 0 ? '0 or more' : 'more than 0'} milliseconds, not ${time}`,
    )
  }
  // A time that is not 0 must not become 0, which means never.
  return time === 0 ? 0 : Math.max(1, Math.round(time * NANOSECONDS))
}

const forgotten = new FinalizationRegistry<number>((id) => {
  sys.timer_delete(id)
  process.emitWarning(`signal timer ${id} was collected while open; close it, or declare it with \`using\``, {
    code: 'HUTONG_LEAK',
    type: 'ResourceWarning',
  })
})

/**
 * A POSIX timer: sends a signal to this process when it expires, once or again and again. A signal that is still pending
 * when it expires again is not sent twice: the next one received says how many there were (`overrun`).
 */
export class SignalTimer {
  #id: number
  /** What it sends. */
  readonly signal: SignalName

  private constructor(id: number, signal: SignalName) {
    this.#id = id
    this.signal = signal
    forgotten.register(this, id, this)
  }

  /** Makes a timer that stands still. Errors: EAGAIN (RLIMIT_SIGPENDING), ENOMEM. */
  static create(options: SignalTimerOptions = {}): SignalTimer {
    const signal = signalNumber(options.signal ?? 'SIGALRM')
    const { value = 0, clock = 'monotonic' } = options
    if (!Number.isInteger(value) || value !== (value | 0)) {
      throw new RangeError(`value must be a whole number of 32 bits, signed, not ${value}`)
    }
    if (!Object.hasOwn(CLOCKS, clock)) {
      throw new RangeError(`clock is one of ${Object.keys(CLOCKS).join(', ')}, not ${clock}`)
    }
    const bytes = new BigInt64Array([BigInt(value >>> 0)])
    const on = `for ${signalName(signal)}`
    return new SignalTimer(
      must(sys.timer_create(CLOCKS[clock], signal, bytes), 'timer_create', { on }),
      signalName(signal),
    )
  }

  /** The kernel's number of it: `timer` of the signals it sends. Throws EBADF once closed. */
  get id(): number {
    if (this.#id < 0) throw closedError('timer_settime', 'signal timer')
    return this.#id
  }

  get closed(): boolean {
    return this.#id < 0
  }

  /** Starts it, or starts it anew. */
  start({ first, interval = 0 }: TimerTimes): this {
    const times = [
      nanoseconds(first, 'first', Number.MIN_VALUE),
      nanoseconds(interval, 'interval', 0),
    ] as const
    must(sys.timer_settime(this.id, 0, ...times), 'timer_settime', { on: `signal timer ${this.#id}` })
    return this
  }

  /** Stops it; a signal that has been sent stays sent. */
  stop(): void {
    must(sys.timer_settime(this.id, 0, 0, 0), 'timer_settime', { on: `signal timer ${this.#id}` })
  }

  /** Milliseconds until it expires; 0 when it stands still. */
  get remaining(): number {
    return must(sys.timer_gettime(this.id), 'timer_gettime', { on: `signal timer ${this.#id}` }) / NANOSECONDS
  }

  /** How many expirations found the last signal still pending: timer_getoverrun(2). */
  get overrun(): number {
    return must(sys.timer_getoverrun(this.id), 'timer_getoverrun', { on: `signal timer ${this.#id}` })
  }

  /** Takes the timer away. Idempotent. */
  close(): void {
    if (this.#id < 0) return
    const id = this.#id
    this.#id = -1
    forgotten.unregister(this)
    must(sys.timer_delete(id), 'timer_delete', { on: `signal timer ${id}` })
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Counts the time that passes (`real`, sends SIGALRM), or that this process computes in its own code (`virtual`, SIGVTALRM). */
export type IntervalTimer = 'real' | 'virtual'

const INTERVAL_TIMERS: Readonly<Record<IntervalTimer, number>> = {
  real: constants.ITIMER_REAL,
  virtual: constants.ITIMER_VIRTUAL,
}

function intervalTimer(which: IntervalTimer): number {
  if (Object.hasOwn(INTERVAL_TIMERS, which)) return INTERVAL_TIMERS[which]
  throw new RangeError(`an interval timer is 'real' or 'virtual' (SIGPROF is V8's profiler's), not ${which}`)
}

/**
 * Sets the process's one SIGALRM (`real`) or SIGVTALRM (`virtual`) timer, setitimer(2); a `first` of 0 stops it. To the
 * microsecond. Gives the milliseconds that were left of what it was set to before.
 */
export function setInterval(which: IntervalTimer, { first, interval = 0 }: TimerTimes): number {
  const times = [nanoseconds(first, 'first', 0), nanoseconds(interval, 'interval', 0)] as const
  const [value, again] = times.map((time) => Math.ceil(time / 1000) * 1000) as [number, number]
  return must(sys.setitimer(intervalTimer(which), value, again), 'setitimer') / NANOSECONDS
}

/** Milliseconds until the process's SIGALRM or SIGVTALRM timer expires; 0 when it stands still. */
export function remaining(which: IntervalTimer): number {
  return must(sys.getitimer(intervalTimer(which)), 'getitimer') / NANOSECONDS
}

/**
 * Sends this process SIGALRM after so many milliseconds, as alarm(2) does after seconds; 0 calls it off. It is the `real`
 * interval timer. Gives the milliseconds that were left of the alarm before.
 */
export function alarm(first: number): number {
  return setInterval('real', { first })
}
