// The middle of the star: it holds the jobs, and gives each to one worker.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import { PeerDiedError } from '../closed.ts'
import { agree } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { Backlog } from './backlog.ts'
import type { QueueCounters } from './counters.ts'
import { FRAME_HEADER, FrameSlab, KIND, LONGEST_NAME, numberOf } from './frame.ts'
import { type Job, MOST_AT_ONCE, Seat } from './seat.ts'

// What one connection may do before the others have their turn.
const AT_ONCE = 256

/** How much may wait; producers wait beyond it. */
export interface Most {
  readonly jobs: number
  readonly bytes: number
}

/** The jobs, the seats, and who may still send: all but how connections come. */
export class Star {
  readonly failed: (error: Error) => void
  readonly #most: Most
  readonly #backlog = new Backlog<Job>()
  readonly #seats: Seat[] = []
  readonly #channels = new Set<Channel<Uint8Array>>()
  #resume: (() => void)[] = []
  #emptied: (() => void)[] = []
  #keepAlive = true
  #nextSeat = 0
  #codec: string | undefined
  #order = 0
  #received = 0
  #done = 0
  #redelivered = 0
  #producers = 0
  /** Of the jobs that wait. */
  #bytes = 0

  /** `failed` is told of connections that were ended. */
  constructor(most: Most, failed: (error: Error) => void) {
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

  /** Whether those who are connected keep the event loop running. */
  set keepAlive(keepAlive: boolean) {
    this.#keepAlive = keepAlive
    for (const channel of this.#channels) {
      if (keepAlive) channel.ref()
      else channel.unref()
    }
  }

  /** Serves a connection until it ends. */
  async serve(channel: Channel<Uint8Array>): Promise<void> {
    this.#channels.add(channel)
    if (!this.#keepAlive) channel.unref()
    try {
      const hello = await channel.receive()
      if (hello === null) return
      if (hello.length > FRAME_HEADER + LONGEST_NAME)
        throw new CorruptPeerError(channel.label, `a first frame of ${hello.length} bytes`)
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
    const givenUp = new Promise<never>((_, reject) => {
      callOff = onGiveUp(options, 'closing a queue', reject)
    })
    await Promise.race([this.#allDone(), givenUp]).finally(callOff)
  }

  async #allDone(): Promise<void> {
    let received: number
    do {
      received = this.#received
      await new Promise<void>((resolve) => {
        this.#emptied.push(resolve)
        this.#noticeEmpty()
      })
      // What producers have sent is read in the turn of the event loop that begins after this one.
      await nextTurn()
      await nextTurn()
    } while (received !== this.#received || !this.#empty)
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
    const slab = new FrameSlab(channel)
    this.#producers++
    try {
      for (let more = true; more; this.#deal()) {
        while (this.#full && this.#channels.has(channel)) await this.#room()
        await channel.readable()
        more = this.#take(channel, slab)
      }
    } finally {
      this.#producers--
      this.#deal()
    }
  }

  /** Takes jobs that a producer has sent; false at its end. */
  #take(channel: Channel<Uint8Array>, slab: FrameSlab): boolean {
    for (let i = 0; i < AT_ONCE && !this.#full; i++) {
      const frame = slab.tryReceive()
      if (frame === undefined) break
      if (frame === null) return false
      if (frame.length < FRAME_HEADER || frame[0] !== KIND.job)
        throw new CorruptPeerError(channel.label, `a producer that says ${frame[0]}`)
      this.#received++
      this.#bytes += frame.length
      this.#backlog.push({ frame, redelivered: false, order: this.#order++ })
    }
    return true
  }

  get #full(): boolean {
    return this.#backlog.length >= this.#most.jobs || this.#bytes >= this.#most.bytes
  }

  async #serveWorker(channel: Channel<Uint8Array>, atOnce: number): Promise<void> {
    if (atOnce < 1 || atOnce > MOST_AT_ONCE)
      throw new CorruptPeerError(channel.label, `${atOnce} jobs at once`)
    const seat = new Seat(channel, atOnce, () => this.#deal())
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
    this.#bytes += job.frame.length
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
    if (this.#backlog.length < this.#most.jobs / 2 && this.#bytes < this.#most.bytes / 2) {
      for (const resume of this.#resume.splice(0)) resume()
    }
    this.#noticeEmpty()
  }

  #give(seat: Seat): boolean {
    const job = this.#backlog.shift()
    if (job === undefined) return false
    if (seat.tryGive(job)) {
      this.#bytes -= job.frame.length
      return true
    }
    this.#backlog.unshift(job)
    return false
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#resume.push(resolve))
  }

  get #empty(): boolean {
    return this.#backlog.length === 0 && this.#seats.every((seat) => seat.busy === 0)
  }

  #noticeEmpty(): void {
    if (this.#emptied.length === 0 || !this.#empty) return
    for (const resolve of this.#emptied.splice(0)) resolve()
  }
}
