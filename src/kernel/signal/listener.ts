// Receiving signals with what came with them: signalfd(2) on the event loop, sigtimedwait(2) where a thread blocks.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { maskHold, maskLetGo, signalfd } from '../../sys/signal.ts'
import { readSignal, takenInfo, takeSignal } from '../../sys/signal-quick.ts'
import { Awake, type SpinOptions, spinOf } from '../../wait/awake.ts'
import { type SyncOptions, TimeoutError, type WaitOptions } from '../../wait/options.ts'
import { Readiness } from '../../wait/readiness.ts'
import { deadlineOf } from '../../wait/sync.ts'
import { decodeInfo, FROM_SIGNALFD, FROM_SIGWAIT, type SignalInfo } from './info.ts'
import { type SignalName, signalName } from './names.ts'
import { passOn } from './pass-on.ts'
import { checkedNumbers, type SignalSet, setOf } from './set.ts'

/** A set as two words, for calls that are made again and again. */
interface Words {
  readonly low: number
  readonly high: number
}

function wordsOf(set: SignalSet): Words {
  const [low = 0, high = 0] = new Int32Array(set.buffer)
  return { low, high }
}

/** Takes one signal of the set, blocking this thread until there is one. */
function takeSync({ low, high }: Words, options: SyncOptions | undefined): SignalInfo {
  const deadline = options?.timeout === undefined ? undefined : deadlineOf(options)
  for (;;) {
    const left = deadline === undefined ? Number.POSITIVE_INFINITY : deadline.at - performance.now()
    const wait = left === Number.POSITIVE_INFINITY ? -1 : Math.max(0, Math.ceil(left))
    const taken = takeSignal(low, high, wait)
    if (taken >= 0) return taking(decodeInfo(takenInfo, FROM_SIGWAIT))
    if (taken !== EAGAIN && taken !== EINTR) must(taken, 'rt_sigtimedwait')
    if (deadline !== undefined && performance.now() >= deadline.at) {
      throw new TimeoutError('waiting for a signal', deadline.timeout)
    }
  }
}

/** Takes one that is pending now. */
function tryTake({ low, high }: Words): SignalInfo | undefined {
  const taken = takeSignal(low, high, 0)
  if (taken === EAGAIN || taken === EINTR) return undefined
  must(taken, 'rt_sigtimedwait')
  return taking(decodeInfo(takenInfo, FROM_SIGWAIT))
}

function taking(info: SignalInfo): SignalInfo {
  passOn(info.signal, info.number)
  return info
}

/**
 * Receives signals. As long as it is open they are blocked in every thread, and the kernel's queue holds what has not been
 * received: nothing interrupts this thread, real-time signals stay in order, none is lost. `process.on` of a standard signal
 * still gets each one received here. Several listeners of one signal share what comes.
 */
export class SignalListener {
  readonly #fd: Fd
  readonly #ready: Readiness
  readonly #words: Words
  readonly #awake: Awake
  /** What it listens to. */
  readonly signals: readonly SignalName[]

  private constructor(fd: Fd, numbers: readonly number[], spin: number) {
    this.#fd = fd
    this.#awake = new Awake(spin)
    const held = setOf(numbers)
    this.#words = wordsOf(held)
    this.signals = numbers.map(signalName)
    this.#ready = new Readiness(fd, { nonblocking: true })
    fd.beforeClose(() => maskLetGo(held))
  }

  /**
   * Listens to `signals` from now on. RangeError, with the reason, for one that Node or this library cannot do without.
   * Errors: EMFILE, ENFILE, ENOMEM.
   */
  static open(signals: readonly (SignalName | number)[], options: SpinOptions = {}): SignalListener {
    const spin = spinOf(options)
    const numbers = checkedNumbers(signals, 'listen')
    const set = setOf(numbers)
    must(maskHold(set), 'sigprocmask', { hint: 'Is /proc mounted?' })
    const fd = signalfd(-1, set, constants.SFD_CLOEXEC | constants.SFD_NONBLOCK)
    if (fd < 0) maskLetGo(set)
    return new SignalListener(new Fd(must(fd, 'signalfd'), 'signal listener'), numbers, spin)
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /** The next signal. */
  async wait(options?: WaitOptions): Promise<SignalInfo> {
    let info: SignalInfo | undefined
    do {
      const ready = this.#ready.whenReadable(() => {
        const result = readSignal(this.#fd.raw)
        if (result >= 0) info = taking(decodeInfo(takenInfo, FROM_SIGNALFD))
        else if (result !== EAGAIN && result !== EINTR) must(result, 'read', { on: `${this.#fd}` })
        return result
      }, options)
      if (this.#ready.pending > 0) this.#awake.begin()
      await ready
    } while (info === undefined)
    this.#awake.came()
    return info
  }

  /** As `wait`, but `undefined` at once when nothing has come. */
  tryWait(): SignalInfo | undefined {
    this.#fd.number // EBADF once closed
    return tryTake(this.#words)
  }

  /** As `wait`, blocking this thread. */
  waitSync(options?: SyncOptions): SignalInfo {
    this.#fd.number
    return takeSync(this.#words, options)
  }

  /** Every signal as it comes. Ends when the listener is closed, and leaving the loop closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SignalInfo, void, undefined> {
    try {
      for (;;) yield await this.wait()
    } catch (error) {
      if (!this.closed) throw error
    } finally {
      this.close()
    }
  }

  /** Waiting keeps the event loop running (the default). */
  ref(): this {
    this.#ready.ref()
    return this
  }

  unref(): this {
    this.#ready.unref()
    return this
  }

  /**
   * Ends listening; waits reject with EBADF. What nobody else listens to and `block` has not blocked is unblocked. If
   * some of it is pending, it goes to its handler if there is one, and is dropped where it would end the process. Idempotent.
   */
  close(): void {
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/**
 * Waits for one of `signals` and takes it, sigwaitinfo(2). They are blocked meanwhile; `block` them before, or use a
 * listener, if more than one may come: afterwards they do what they did before, and others that are pending are treated as
 * by `SignalListener.close`.
 */
export async function wait(
  signals: readonly (SignalName | number)[],
  options?: WaitOptions,
): Promise<SignalInfo> {
  const listener = SignalListener.open(signals, { spin: 0 })
  try {
    return await listener.wait(options)
  } finally {
    listener.close()
  }
}

/** Takes one of `signals` that is pending, because `block` has blocked it; `undefined` if there is none. */
export function tryWait(signals: readonly (SignalName | number)[]): SignalInfo | undefined {
  return tryTake(wordsOf(setOf(checkedNumbers(signals, 'wait'))))
}

/** As `wait`, blocking this thread. */
export function waitSync(signals: readonly (SignalName | number)[], options?: SyncOptions): SignalInfo {
  const set = setOf(checkedNumbers(signals, 'wait'))
  deadlineOf(options)
  must(maskHold(set), 'sigprocmask', { hint: 'Is /proc mounted?' })
  try {
    return takeSync(wordsOf(set), options)
  } finally {
    maskLetGo(set)
  }
}
