// What is left to do for a channel that has been closed: the peer still receives what was sent, and then the end.
import { constants } from '../../sys/constants.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { poll } from '../../sys/file.ts'
import { type ByteStream, discard, stopReceiving, stopSending } from './byte-stream.ts'
import type { Outbound } from './outbound.ts'
import { READABLE, Watch, WRITABLE } from './watch.ts'

/** Milliseconds that a TCP connection waits for the peer's end: closed before, with something unread, it would be reset. */
const PATIENCE = 2000
/** Milliseconds that a process which exits waits for a peer that takes nothing. */
const LAST_PATIENCE = 1000

/** A stream in its last moments. */
export interface Leaving {
  readonly stream: ByteStream
  readonly outbound: Outbound
  /** The peer has ended its sending. */
  readonly heard: boolean
  readonly keepsAlive: boolean
  /** Called when the descriptors have been closed. */
  readonly done: () => void
}

const all = new Set<Lingering>()

/** Writes what is pending and closes the descriptors: in the background, if the peer lets us wait. */
export function linger(leaving: Leaving): void {
  stopReceiving(leaving.stream)
  new Lingering(leaving).step()
}

class Lingering {
  readonly #leaving: Leaving
  #watch: Watch | undefined
  #timer: NodeJS.Timeout | undefined
  #heard: boolean
  #said = false

  constructor(leaving: Leaving) {
    this.#leaving = leaving
    this.#heard = leaving.heard || leaving.stream.kind !== 'tcp'
  }

  step(): void {
    const { stream, outbound, keepsAlive } = this.#leaving
    const { input, output } = stream
    if (!this.#heard) this.#heard = input === undefined || discard(input)
    const unheard = this.#heard ? 0 : READABLE
    if (output !== undefined && outbound.write(output.raw) === EAGAIN) {
      this.#expect(WRITABLE | unheard, keepsAlive)
      return
    }
    if (!this.#said) stopSending(stream)
    this.#said = true
    if (this.#heard) this.#finish()
    else this.#expect(READABLE, false)
  }

  #expect(events: number, keepsAlive: boolean): void {
    const { output } = this.#leaving.stream
    if (output === undefined) return
    all.add(this)
    this.#watch ??= new Watch(output, () => this.step())
    this.#watch.expect(events, keepsAlive)
    if (this.#said) this.#timer ??= setTimeout(() => this.#finish(), PATIENCE).unref()
  }

  #finish(): void {
    const { stream, outbound, done } = this.#leaving
    all.delete(this)
    clearTimeout(this.#timer)
    outbound.drop()
    stream.input?.close()
    stream.output?.close()
    done()
  }
}

/** The process is about to exit: what is pending goes out, unless the peer takes nothing for a while. */
export function lastWords({ stream, outbound }: Pick<Leaving, 'stream' | 'outbound'>): void {
  const { output } = stream
  if (output === undefined || output.closed) return
  while (outbound.write(output.raw) === EAGAIN && poll(output.raw, constants.POLLOUT, LAST_PATIENCE) > 0);
  stopReceiving(stream)
}
