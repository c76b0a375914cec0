// The workers' end of a queue.
import type { WaitOptions } from '../../wait/options.ts'
import { each } from '../batches.ts'
import type { Channel } from '../channel.ts'
import type { Closed } from '../closed.ts'
import { BadMessageError, type Codec } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { FRAME_HEADER, FrameScratch, frames, head, introduce, KIND, numberOf, REDELIVERED } from './frame.ts'
import { StarEnd } from './star-end.ts'

/** A job that this worker has, and nobody else, until it acknowledges it, gives it back, or dies. */
export interface Job<T> {
  readonly message: T
  /** Whether another worker, or this one, had it before and did not acknowledge it. */
  readonly redelivered: boolean
  /** The job is done: it will not be given to anybody again. A second time, or after the queue's end, it does nothing. */
  acknowledge(): void
  /** Gives it back: it goes to the next worker that is free, marked `redelivered`. */
  giveBack(): void
}

/** Takes jobs. Of a queue that a process holds, or of a message queue of the kernel. */
export interface QueueWorker<T> extends AsyncIterable<Job<T>> {
  readonly label: string
  /**
   * The next job; `null` once the queue's holder has closed it. BadMessageError: no value of the codec; the job counts as
   * done, and the next call goes on.
   */
  receive(options?: WaitOptions): Promise<Job<T> | null>
  /** As `receive`, without waiting: `undefined` when there is none. */
  tryReceive(): Job<T> | null | undefined
  readonly closed: Promise<Closed>
  ref(): this
  unref(): this
  /** Closes; jobs that are not acknowledged go to others. Idempotent. */
  close(options?: WaitOptions): Promise<void>
  destroy(): void
  [Symbol.asyncDispose](): Promise<void>
  [Symbol.dispose](): void
}

/** How a worker works. */
export interface WorkOptions<T> {
  readonly codec: Codec<T>
  /** Whether jobs are acknowledged one by one; otherwise each is when it is received, and lost if its worker dies. */
  readonly acknowledge: boolean
  /** How many jobs come before one is acknowledged, 1 to 65,536. */
  readonly atOnce: number
}

/** A job as it comes: what its frame says, and its message, or what is wrong with it. */
interface Delivered<T> {
  readonly kind: number
  readonly flags: number
  readonly number: number
  readonly message: T | BadMessageError
}

/** What goes over a worker's channel: jobs come, answers go. */
export type WorkerFrame<T> = Delivered<T> | Uint8Array

/** Reads jobs out of their frames. One that is no value of the codec comes as an error, so that it can be answered. */
export function workerFrames<T>(inner: Codec<T>, label: string): Codec<WorkerFrame<T>> {
  return {
    name: frames.name,
    scratch: true,
    keeps: false,
    encode: (answer) => answer as Uint8Array,
    decode(frame) {
      const body = frames.decode(frame).subarray(FRAME_HEADER)
      const [kind = 0, flags = 0] = frame
      return { kind, flags, number: numberOf(frame), message: messageOf(inner, body, label) }
    },
  }
}

function messageOf<T>(codec: Codec<T>, body: Uint8Array, label: string): T | BadMessageError {
  try {
    return codec.decode(codec.keeps ? body.slice() : body)
  } catch (error) {
    return new BadMessageError(label, codec.name, error)
  }
}

/** A worker of a queue that another process holds. */
export class StarWorker<T> extends StarEnd<WorkerFrame<T>> implements QueueWorker<T> {
  readonly #acknowledge: boolean
  readonly #answer = new FrameScratch().of(new Uint8Array(0))
  readonly #say = (kind: number, number: number): void => {
    const answer = head(this.#answer, kind, number)
    // There are never more answers than jobs that were given, so room is short only for a moment. If there is nobody to
    // tell, the job is gone with the queue; those that came before can still be received.
    try {
      if (this.channel.trySend(answer) === undefined) this.channel.send(answer).catch(() => {})
    } catch {}
  }

  private constructor(channel: Channel<WorkerFrame<T>>, acknowledge: boolean) {
    super(channel)
    this.#acknowledge = acknowledge
  }

  /** Says who we are, what our jobs are, and how many we take at once. */
  static async join<T>(channel: Channel<WorkerFrame<T>>, options: WorkOptions<T>): Promise<StarWorker<T>> {
    await introduce(channel, { kind: KIND.works, number: options.atOnce, codec: options.codec.name })
    return new StarWorker(channel, options.acknowledge)
  }

  async receive(options?: WaitOptions): Promise<Job<T> | null> {
    const frame = await this.channel.receive(options)
    return frame === null ? null : this.#job(frame)
  }

  tryReceive(): Job<T> | null | undefined {
    const frame = this.channel.tryReceive()
    return frame === null || frame === undefined ? frame : this.#job(frame)
  }

  [Symbol.asyncIterator](): AsyncIterator<Job<T>, void, undefined> {
    return each(this)
  }

  #job(frame: WorkerFrame<T>): Job<T> {
    if (frame instanceof Uint8Array || frame.kind !== KIND.job) {
      this.destroy()
      throw new CorruptPeerError(this.label, 'a queue that sends what is no job')
    }
    const { number, message, flags } = frame
    if (!this.#acknowledge || message instanceof BadMessageError) this.#say(KIND.done, number)
    if (message instanceof BadMessageError) throw message
    return new StarJob(message, {
      redelivered: (flags & REDELIVERED) !== 0,
      number,
      say: this.#acknowledge ? this.#say : nothing,
    })
  }
}

const nothing = (): void => {}

interface Known {
  readonly redelivered: boolean
  readonly number: number
  readonly say: (kind: number, number: number) => void
}

class StarJob<T> implements Job<T> {
  readonly message: T
  readonly #known: Known
  #answered = false

  constructor(message: T, known: Known) {
    this.message = message
    this.#known = known
  }

  get redelivered(): boolean {
    return this.#known.redelivered
  }

  acknowledge(): void {
    this.#answer(KIND.done)
  }

  giveBack(): void {
    this.#answer(KIND.back)
  }

  #answer(kind: number): void {
    if (this.#answered) return
    this.#answered = true
    this.#known.say(kind, this.#known.number)
  }
}
