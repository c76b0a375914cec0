// The asking side of a service: many requests at once over one channel, told apart by their ids. Each request that is sent
// is answered exactly once, also one that was given up.
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import { closedError } from '../../sys/error.ts'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import { type Closed, Closing, PeerDiedError, sendError } from '../closed.ts'
import { BadMessageError } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { drain } from './drain.ts'
import { type Envelope, MOST_ID } from './envelope.ts'
import { Idle } from './idle.ts'
import { ServiceError } from './service-error.ts'

/** A request that has no reply yet. */
interface Call<Request, Reply> {
  readonly value: Request
  /** When its client gives up, as performance.now() tells the time. */
  readonly until: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (reason: unknown) => void
  /** 0 until it is sent. */
  id: number
  callOff: () => void
}

const nothing = (): void => {}

/** Asks a service: from `connectService`, or made on a channel whose codec is a `serviceCodec`. */
export class ServiceClient<Request, Reply> {
  readonly #channel: Channel<Envelope<Request, Reply>>
  /** Those that wait to be sent, in their order. */
  readonly #waiting = new Set<Call<Request, Reply>>()
  readonly #sent = new Map<number, Call<Request, Reply>>()
  /** Ids of requests that were given up: their replies still come. */
  readonly #givenUp = new Set<number>()
  readonly #idle = new Idle()
  /** Busy until the service has said its first word. */
  readonly #beginning = new Idle()
  readonly #closed = new Closing()
  /** How many requests may be open at once, as the service says; 0 until it does. */
  #window = 0
  #lastId = 0
  #over: Error | undefined
  #closing = false
  #keepAlive = true
  /** Whether the channel keeps the event loop running now. */
  #referenced = true

  /** Takes `channel` over. */
  constructor(channel: Channel<Envelope<Request, Reply>>) {
    this.#channel = channel
    this.#beginning.begin()
    drain(channel, (envelope) => this.#take(envelope)).then(
      () => this.#end({ reason: 'peer-closed' }),
      (error) => this.#end({ reason: error instanceof PeerDiedError ? 'peer-died' : 'failed', error }),
    )
  }

  get label(): string {
    return this.#channel.label
  }

  /** The process that serves, as the kernel vouches for it. */
  get peer(): PeerCredentials | undefined {
    return this.#channel.peer
  }

  /** Resolves when the connection is over, with the reason; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed.promise
  }

  /** Requests that have no reply yet. */
  get pending(): number {
    return this.#idle.busy
  }

  /** Resolves when there is a service at the other end; requests may be made before. Errors as `request`. */
  async ready(options?: WaitOptions): Promise<void> {
    await this.#beginning.wait(`waiting for ${this.label}`, options)
    if (this.#over !== undefined) throw this.#over
  }

  /**
   * Asks, and gives the reply. Aborting `signal`, or the end of `timeout`, tells the handler that nobody waits any more.
   *
   * @throws ServiceError what the handler threw
   * @throws PeerDiedError, or EPIPE when the service has closed the connection: the handler may have run, or not
   * @throws TypeError, RangeError for a request that the codec cannot carry, BadMessageError for such a reply
   */
  request(value: Request, options?: WaitOptions): Promise<Reply> {
    return new Promise((resolve, reject) => {
      checkOptions(options)
      if (this.#over !== undefined) throw this.#over
      if (this.#closing) throw closedError('request', this.label)
      const until =
        options?.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeout
      const call: Call<Request, Reply> = { value, until, resolve, reject, id: 0, callOff: nothing }
      if (options !== undefined) {
        call.callOff = onGiveUp(options, `a request to ${this.label}`, (reason) => this.#giveUp(call, reason))
      }
      this.#idle.begin()
      this.#waiting.add(call)
      this.#sendWaiting()
      this.#reference()
    })
  }

  /** Requests without a reply keep the event loop running (the default). */
  ref(): this {
    this.#keepAlive = true
    this.#reference()
    return this
  }

  unref(): this {
    this.#keepAlive = false
    this.#reference()
    return this
  }

  /** Waits for the replies that are missing, then closes. After a timeout or abort it closes, too. Idempotent. */
  async close(options?: WaitOptions): Promise<void> {
    this.#closing = true
    try {
      if (this.#over === undefined) await this.#idle.wait(`closing ${this.label}`, options)
    } finally {
      this.destroy()
    }
  }

  /** Closes at once: requests without a reply are rejected with EBADF, their handlers' signals abort. Idempotent. */
  destroy(): void {
    this.#end({ reason: 'closed', error: closedError('request', this.label) })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }

  #take(envelope: Envelope<Request, Reply>): undefined {
    const { kind, id } = envelope
    const asked = kind === 'request' || kind === 'cancel' || (kind === 'broken' && envelope.of === 'request')
    if (asked) throw this.#corrupt('a client was sent a request')
    if (kind === 'hello') this.#begin(id)
    else this.#answered(envelope)
    this.#sendWaiting()
    this.#reference()
  }

  #begin(window: number): void {
    if (this.#window > 0 || window === 0) throw this.#corrupt('it began twice, or with nothing')
    this.#window = window
    this.#beginning.end()
  }

  #answered(envelope: Envelope<Request, Reply>): void {
    const { kind, id } = envelope
    const call = this.#sent.get(id)
    if (call === undefined) {
      if (this.#givenUp.delete(id)) return
      throw this.#corrupt(`a reply to request ${id}, which is not open`)
    }
    this.#sent.delete(id)
    if (kind === 'reply') call.resolve(envelope.value)
    else if (kind === 'nothing') call.resolve(undefined as Reply)
    else if (kind === 'error') call.reject(new ServiceError(envelope.error))
    else if (kind === 'broken') {
      const { codec, cause } = envelope.fault
      call.reject(new BadMessageError(this.label, codec, cause))
    }
    this.#settled(call)
  }

  #sendWaiting(): void {
    for (const call of this.#waiting) {
      if (this.#sent.size + this.#givenUp.size >= this.#window) return
      this.#waiting.delete(call)
      this.#send(call)
    }
  }

  #send(call: Call<Request, Reply>): void {
    do this.#lastId = this.#lastId === MOST_ID ? 1 : this.#lastId + 1
    while (this.#sent.has(this.#lastId) || this.#givenUp.has(this.#lastId))
    const id = this.#lastId
    call.id = id
    this.#sent.set(id, call)
    const left = call.until - performance.now()
    const timeout = left === Number.POSITIVE_INFINITY ? undefined : Math.max(0, Math.ceil(left))
    // Not with its signal: what gives a request up before there was room for it is told by a cancel behind it.
    this.#channel.send({ kind: 'request', id, value: call.value, timeout }).catch((error) => {
      this.#givenUp.delete(id)
      if (!this.#sent.delete(id)) return
      call.reject(error)
      this.#settled(call)
      this.#sendWaiting()
      this.#reference()
    })
  }

  #giveUp(call: Call<Request, Reply>, reason: unknown): void {
    call.reject(reason)
    this.#settled(call)
    this.#reference()
    if (this.#waiting.delete(call) || !this.#sent.delete(call.id)) return
    this.#givenUp.add(call.id)
    this.#channel.send({ kind: 'cancel', id: call.id }).catch(nothing)
  }

  #settled(call: Call<Request, Reply>): void {
    call.callOff()
    this.#idle.end()
  }

  #end(closed: Closed): void {
    if (this.#over !== undefined) return
    this.#over = closed.error ?? sendError(closed, this.label)
    this.#channel.destroy()
    if (this.#window === 0) this.#beginning.end()
    for (const call of [...this.#sent.values(), ...this.#waiting]) {
      call.reject(this.#over)
      this.#settled(call)
    }
    this.#sent.clear()
    this.#waiting.clear()
    this.#closed.resolve(closed.reason === 'closed' ? { reason: 'closed' } : closed)
  }

  #reference(): void {
    const wanted = this.#keepAlive && this.#idle.busy + this.#beginning.busy > 0
    if (this.#over !== undefined || wanted === this.#referenced) return
    this.#referenced = wanted
    if (wanted) this.#channel.ref()
    else this.#channel.unref()
  }

  #corrupt(what: string): CorruptPeerError {
    return new CorruptPeerError(this.label, what)
  }
}
