// The middle of the star: it holds the jobs, and gives each to one worker.
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import { PeerDiedError } from '../closed.ts'
import { agree } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { Backlog } from './backlog.ts'
import { FRAME_HEADER, FrameSlab, KIND, numberOf } from './frame.ts'
import { type Job, MOST_AT_ONCE, Seat } from './seat.ts'

export interface QueueCounters {
  /** Jobs that came from producers. */
  readonly received: number
  /** Jobs that workers have acknowledged. */
  readonly done: number
  /** Deliveries to another worker, because the one before died, left or gave the job back. */
  readonly redelivered: number
  /** Jobs that wait for a worker. */
  readonly waiting: number
  /** Jobs that workers have and have not acknowledged. */
  readonly working: number
  readonly producers: number
  readonly workers: number
}

// What one connection may do before the others have their turn.
const AT_ONCE = 256

/** The jobs, the seats, and who may still send: all but how connections come. */
export class Star {
  readonly failed: (error: Error) => void
  readonly #most: number
  readonly #backlog = new Backlog<Job>()
  readonly #seats: Seat[] = []
  readonly #channels = new Set<Channel<Uint8Array>>()
  #resume: (() => void)[] = []
  #emptied: (() => void)[] = []
  #nextSeat = 0
  #codec: string | undefined
  #order = 0
  #received = 0
  #done = 0
  #redelivered = 0
  #producers = 0

  /** `most`: jobs that may wait; producers wait beyond them. `failed` is told of connections that were ended. */
  constructor(most: number, failed: (error: Error) => void) {
    this.#most = most
    this.failed = failed
  }

  get counters(): QueueCounters {
    return {
      received: this.#received,
      done: this.#done,
      redelivered: this.#redelivered,
      waiting: this.#backlog.length,
      working: this.#seats.reduce((sum, seat) => sum + seat.busy, 0),
      producers: this.#producers,
      workers: this.#seats.length,
    }
  }

  /** Serves a connection until it ends. */
  async serve(channel: Channel<Uint8Array>): Promise<void> {
    this.#channels.add(channel)
    try {
      const hello = await channel.receive()
      if (hello === null) return
      this.#agree(channel, Buffer.from(hello.subarray(FRAME_HEADER)).toString())
      if (hello[0] === KIND.produces) await this.#serveProducer(channel)
      else if (hello[0] === KIND.works) await this.#serveWorker(channel, numberOf(hello))
      else throw new CorruptPeerError(channel.label, `it begins with frame ${hello[0]}`)
    } catch (error) {
      // Whatever it was, it was this connection's. That peers die is no news, nor is what we close.
      const ours = !this.#channels.has(channel)
      if (error instanceof Error && !(error instanceof PeerDiedError) && !ours) this.failed(error)
    } finally {
      this.#channels.delete(channel)
      channel.destroy()
    }
  }

  /** Resolves when no job is left. */
  async drained(options: WaitOptions | undefined): Promise<void> {
    checkOptions(options)
    let callOff = (): void => {}
    const empty = new Promise<void>((resolve, reject) => {
      this.#emptied.push(resolve)
      callOff = onGiveUp(options, 'closing a queue', reject)
    })
    this.#noticeEmpty()
    await empty.finally(callOff)
  }

  destroy(): void {
    const channels = [...this.#channels]
    this.#channels.clear()
    for (const channel of channels) channel.destroy()
    for (const resume of this.#resume.splice(0)) resume()
  }

  /** Everybody's messages are of one codec: that of the first to come. */
  #agree(channel: Channel<Uint8Array>, codec: string): void {
    if (codec !== '') this.#codec ??= codec
    if (!agree(codec, this.#codec ?? ''))
      throw new CorruptPeerError(channel.label, `its jobs are ${codec}, not ${this.#codec}`)
  }

  async #serveProducer(channel: Channel<Uint8Array>): Promise<void> {
    this.#producers++
    const slab = new FrameSlab(channel)
    try {
      for (;;) {
        while (this.#backlog.length >= this.#most) await this.#room()
        await channel.readable()
        for (let i = 0; i < AT_ONCE && this.#backlog.length < this.#most; i++) {
          const frame = slab.tryReceive()
          if (frame === undefined) break
          if (frame === null) return
          if (frame.length < FRAME_HEADER || frame[0] !== KIND.job)
            throw new CorruptPeerError(channel.label, `a producer that says ${frame[0]}`)
          this.#received++
          this.#backlog.push({ frame, redelivered: false, order: this.#order++ })
        }
        this.#deal()
      }
    } finally {
      this.#producers--
    }
  }

  async #serveWorker(channel: Channel<Uint8Array>, atOnce: number): Promise<void> {
    if (atOnce < 1 || atOnce > MOST_AT_ONCE)
      throw new CorruptPeerError(channel.label, `${atOnce} jobs at once`)
    const seat = new Seat(channel, atOnce)
    this.#seats.push(seat)
    this.#deal()
    try {
      for (;;) {
        await channel.readable()
        for (let i = 0; i < AT_ONCE; i++) {
          const frame = channel.tryReceive()
          if (frame === undefined) break
          if (frame === null) return
          this.#answered(seat, frame)
        }
        this.#deal()
      }
    } finally {
      this.#seats.splice(this.#seats.indexOf(seat), 1)
      for (const job of seat.leave().reverse()) this.#giveBack(job)
      this.#deal()
    }
  }

  #answered(seat: Seat, frame: Uint8Array): void {
    const job = seat.take(numberOf(frame))
    if (job === undefined || (frame[0] !== KIND.done && frame[0] !== KIND.back)) {
      throw new CorruptPeerError(seat.channel.label, 'an answer to a job that it does not have')
    }
    if (frame[0] === KIND.done) this.#done++
    else this.#giveBack(job)
  }

  #giveBack(job: Job): void {
    job.redelivered = true
    this.#redelivered++
    this.#backlog.unshift(job)
  }

  /** Gives jobs to workers in turn, as long as there are both. */
  #deal(): void {
    for (let idle = 0; idle < this.#seats.length && this.#backlog.length > 0; ) {
      const seat = this.#seats[this.#nextSeat % this.#seats.length]
      this.#nextSeat = (this.#nextSeat + 1) % this.#seats.length
      if (seat?.hasPlace === true && this.#give(seat)) idle = 0
      else idle++
    }
    if (this.#backlog.length < this.#most / 2) for (const resume of this.#resume.splice(0)) resume()
    this.#noticeEmpty()
  }

  #give(seat: Seat): boolean {
    const job = this.#backlog.shift()
    if (job === undefined) return false
    try {
      if (seat.tryGive(job)) return true
      seat.blocked = true
      const unblock = (): void => {
        seat.blocked = false
        this.#deal()
      }
      seat.channel.writable(job.frame.length).then(unblock, () => {})
    } catch {
      seat.blocked = true // its end is on the way: serveWorker gives its jobs back
    }
    this.#backlog.unshift(job)
    return false
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#resume.push(resolve))
  }

  #noticeEmpty(): void {
    if (this.#emptied.length === 0 || this.#backlog.length > 0) return
    if (this.#seats.some((seat) => seat.busy > 0)) return
    for (const resolve of this.#emptied.splice(0)) resolve()
  }
}
