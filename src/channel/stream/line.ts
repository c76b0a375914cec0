// A byte stream in use: when it is read and written, what the event loop is asked for, and how it ends.
import { EAGAIN, ECONNRESET, EINTR, EPIPE } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { type Closed, PeerDiedError } from '../closed.ts'
import { endAtExit } from '../shm/exit.ts'
import { NONE, type TransportListener } from '../transport.ts'
import { type ByteStream, isDeaf, isEnd } from './byte-stream.ts'
import type { Framer } from './framer.ts'
import { Inbound } from './inbound.ts'
import { lastWords, linger } from './linger.ts'
import { Outbound } from './outbound.ts'
import { DISCONNECT, HANG_UP, READABLE, Watch, WRITABLE } from './watch.ts'

// So much is written before the turn's end, so that the reader can begin.
const SOON = 32_768

// Whoever waits must stay alive, although the event loop only refers to it weakly.
const waiting = new Set<Line>()

export class Line {
  readonly stream: ByteStream
  readonly inbound: Inbound
  readonly outbound: Outbound
  /** The peer has ended its sending. */
  heard: boolean
  /** The peer receives nothing any more. */
  deaf: boolean
  over: Closed | undefined
  listener: TransportListener | undefined
  readonly waits = { sent: 0, received: 0 }
  readonly #inputWatch: Watch | undefined
  readonly #outputWatch: Watch | undefined
  readonly #forget: () => void
  readonly #endOfTurn = (): void => {
    this.#scheduled = false
    this.write()
  }
  #scheduled = false
  /** The kernel has taken as much as it could. */
  #full = false
  #reset = false
  #receiving = false
  #room = 0
  #keepsAlive = true
  #left = false

  constructor(stream: ByteStream, framer: Framer) {
    const { input, output, early = [] } = stream
    this.stream = stream
    this.inbound = new Inbound(framer)
    this.outbound = new Outbound(framer)
    for (const bytes of early) this.inbound.push(bytes)
    this.heard = input === undefined
    this.deaf = output === undefined
    const happened = (events: number): void => this.#happened(events)
    this.#inputWatch = input && new Watch(input, happened)
    this.#outputWatch = input === output ? undefined : output && new Watch(output, happened)
    this.#forget = endAtExit(lastOf(new WeakRef(this)))
    this.#expect()
  }

  set keepsAlive(wanted: boolean) {
    this.#keepsAlive = wanted
    this.#expect()
  }

  /** See `Transport.want`. */
  want(receive: boolean, room: number): void {
    if (receive && !this.#receiving) this.waits.received++
    if (room > 0 && this.#room === 0) this.waits.sent++
    this.#receiving = receive
    this.#room = room
    this.#expect()
  }

  /** There is room that somebody may wait for. */
  freed(): void {
    if (this.#room > 0) process.nextTick(() => this.listener?.ready())
  }

  /** Something was sent: it is written at the end of this turn, or now if it is much. */
  sent(): void {
    if (this.#full) return
    if (this.outbound.pending >= SOON) this.write()
    else if (!this.#scheduled) {
      this.#scheduled = true
      process.nextTick(this.#endOfTurn)
    }
  }

  /** Writes what is pending, as far as the kernel takes it. */
  write(): void {
    const { output } = this.stream
    if (this.deaf || output === undefined || this.outbound.pending === 0) return
    const written = this.outbound.write(output.raw)
    const full = written === EAGAIN
    if (full !== this.#full) {
      this.#full = full
      this.#expect()
    }
    if (written < 0 && !full) this.#cannotWrite(written)
  }

  /** Reads until there is a message, or nothing to read: its length, or NONE. */
  pull(): number {
    const { input } = this.stream
    try {
      for (;;) {
        const length = this.inbound.next()
        if (length !== NONE || this.heard || input === undefined) return length
        const got = this.#fill(input)
        if (got === EAGAIN) return NONE
        if (got <= 0) this.#ended(got)
      }
    } catch (error) {
      this.#finish({ reason: 'failed', error: error as Error }) // FramingError
      return NONE
    }
  }

  #fill(input: Fd): number {
    let got = this.inbound.fill(input.raw)
    while (got === EINTR) got = this.inbound.fill(input.raw)
    return got === 0 && !this.deaf && !isEnd(this.stream) ? EAGAIN : got
  }

  /** This side closes the channel. */
  leave(): void {
    this.over ??= { reason: 'closed' }
    this.outbound.abort()
    this.#release()
  }

  #happened(events: number): void {
    if (this.#full && (events & WRITABLE) !== 0) this.write()
    if ((events & (DISCONNECT | HANG_UP)) !== 0) this.#hungUp()
    if (this.over !== undefined) return
    const readable = this.#receiving && (events & (READABLE | DISCONNECT)) !== 0
    if (readable || (this.#room > 0 && (this.deaf || this.outbound.hasRoom(this.#room))))
      this.listener?.ready()
    this.#expect()
  }

  /** Reads to the end, which is near: the peer sends no more, so this is at most what the kernel had kept for us. */
  #hungUp(): void {
    const { input } = this.stream
    while (!this.heard && input !== undefined) {
      const got = this.#fill(input)
      if (got === EAGAIN) break
      if (got <= 0) this.#ended(got)
    }
    const tells = this.heard || this.stream.kind === 'pipe'
    if (!this.deaf && tells) this.deaf = isDeaf(this.stream)
    if (this.heard && this.deaf) this.#finish({ reason: 'peer-closed' })
  }

  /** Nothing more comes: the end of the stream, or `-errno`. */
  #ended(got: number): void {
    this.heard = true
    if (got < 0 || this.#reset) {
      this.#lost(got < 0 ? got : ECONNRESET)
      return
    }
    const fault = this.inbound.end()
    if (fault !== undefined) this.#finish({ reason: 'failed', error: fault })
    this.deaf ||= isDeaf(this.stream)
    if (this.deaf) this.#finish({ reason: 'peer-closed' })
    else this.#expect()
  }

  #lost(failed: number): void {
    const { label } = this.stream
    const cause = new SysError(failed, 'read', { on: label })
    if (failed !== ECONNRESET) this.#finish({ reason: 'failed', error: cause })
    else this.#finish({ reason: 'peer-died', error: new PeerDiedError(label, { cause }) })
  }

  #cannotWrite(written: number): void {
    this.deaf = true
    this.outbound.drop()
    if (written !== EPIPE && written !== ECONNRESET) {
      const error = new SysError(written, 'write', { on: this.stream.label })
      this.#finish({ reason: 'failed', error })
      return
    }
    this.#reset = written === ECONNRESET
    this.#hungUp() // what came before says whether the peer has closed the channel, or is gone
    if (this.over === undefined) this.freed() // for an error
  }

  #finish(over: Closed): void {
    if (this.over !== undefined) return
    this.over = over
    if (over.reason !== 'peer-closed') this.outbound.drop()
    this.#release()
    this.heard = true
    this.deaf = true
    process.nextTick(() => this.listener?.over(over))
  }

  #release(): void {
    if (this.#left) return
    this.#left = true
    waiting.delete(this)
    this.#inputWatch?.end()
    this.#outputWatch?.end()
    const { stream, outbound, heard } = this
    linger({ stream, outbound, heard, keepsAlive: this.#keepsAlive, done: this.#forget })
  }

  #expect(): void {
    if (this.#left) return
    const waits = this.#receiving || this.#room > 0 || (this.#full && !this.deaf)
    if (waits) waiting.add(this)
    else waiting.delete(this)
    const keep = waits && this.#keepsAlive
    const toWrite = this.#full || (this.#room > 0 && !this.outbound.loaned)
    const writable = toWrite && !this.deaf ? WRITABLE : 0
    const readable = this.heard ? HANG_UP : DISCONNECT | (this.#receiving ? READABLE : 0)
    const separate = this.#outputWatch !== undefined
    this.#inputWatch?.expect(separate ? readable : readable | writable, keep)
    this.#outputWatch?.expect(writable === 0 && !this.deaf ? DISCONNECT : writable, keep)
  }
}

/** A function of its own, so that what is kept until the process exits refers to no line that is forgotten. */
function lastOf(line: WeakRef<Line>): { end(): void } {
  return {
    end() {
      const alive = line.deref()
      if (alive !== undefined) lastWords(alive)
    },
  }
}
