// One client of a service. The client is not trusted: it may open so many requests at once, each with an id of its own, and
// it is read no further while so many replies wait for it to take them.
import type { Channel } from '../channel.ts'
import { sendError } from '../closed.ts'
import { BadMessageError } from '../codec.ts'
import { CorruptPeerError } from '../corrupt.ts'
import { drain } from './drain.ts'
import type { Envelope } from './envelope.ts'
import type { Idle } from './idle.ts'
import { type Handler, Job, type RequestContext } from './job.ts'
import { type ErrorReport, reportOf } from './service-error.ts'
import type { Slots } from './slots.ts'

/** What the connections of a service share. */
export interface Shared<Request, Reply> {
  readonly handler: Handler<Request, Reply>
  readonly slots: Slots
  /** Counts requests that are not answered, and answers that are not handed over. */
  readonly idle: Idle
  /** How many requests a client may have open. */
  readonly window: number
}

const nothing = (): void => {}

export class Connection<Request, Reply> {
  /** Resolves when the client is gone. */
  readonly ended: Promise<void>
  readonly #channel: Channel<Envelope<Request, Reply>>
  readonly #shared: Shared<Request, Reply>
  readonly #jobs = new Map<number, Job>()
  #unsent = 0
  #lastSend: Promise<void> = Promise.resolve()
  #refusal: ErrorReport | undefined
  #over = false

  constructor(channel: Channel<Envelope<Request, Reply>>, shared: Shared<Request, Reply>) {
    this.#channel = channel
    this.#shared = shared
    channel.send({ kind: 'hello', id: shared.window }).catch(nothing)
    // What a client sent before it went is of no use to it: so not only when all has been received.
    const gone = channel.closed.then((closed) => this.end(closed.error ?? sendError(closed, channel.label)))
    const drained = drain(channel, (envelope) => this.#take(envelope))
    this.ended = drained.catch((error) => this.end(error)).then(() => gone)
  }

  set keepAlive(keepAlive: boolean) {
    if (keepAlive) this.#channel.ref()
    else this.#channel.unref()
  }

  /** Refuses every request from now on. */
  refuse(report: ErrorReport): void {
    this.#refusal = report
  }

  /** Lets go of the client; handlers that run are told the reason. Idempotent. */
  end(reason: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#channel.destroy()
    for (const job of [...this.#jobs.values()]) {
      job.abort(reason)
      if (this.#shared.slots.drop(job)) this.#forget(job)
    }
  }

  #take(envelope: Envelope<Request, Reply>): Promise<void> | undefined {
    const { kind, id } = envelope
    if (kind === 'cancel') this.#cancel(id)
    else if (kind === 'request') this.#open(envelope)
    else if (kind === 'broken' && envelope.of === 'request') {
      const { codec, cause } = envelope.fault
      this.#answer({ kind: 'error', id, error: reportOf(new BadMessageError('the service', codec, cause)) })
    } else throw this.#corrupt('a service was sent a reply')
    return this.#unsent < this.#shared.window ? undefined : this.#lastSend
  }

  #open(envelope: Envelope<Request, Reply> & { readonly kind: 'request' }): void {
    const { id, value, timeout } = envelope
    if (this.#jobs.has(id)) throw this.#corrupt(`request ${id} twice`)
    if (this.#jobs.size >= this.#shared.window) throw this.#corrupt('more requests at once than were agreed')
    if (this.#refusal !== undefined) {
      this.#answer({ kind: 'error', id, error: this.#refusal })
      return
    }
    const job = new Job(id, () => this.#handle(job, value))
    this.#jobs.set(id, job)
    this.#shared.idle.begin()
    if (timeout !== undefined) job.setDeadline(timeout, (reason) => this.#late(job, reason))
    this.#shared.slots.add(job)
  }

  async #handle(job: Job, value: Request): Promise<void> {
    const { id } = job
    const context: RequestContext = {
      get signal() {
        return job.signal
      },
      peer: this.#channel.peer,
    }
    try {
      const reply = await this.#shared.handler(value, context)
      this.#finish(job, reply === undefined ? { kind: 'nothing', id } : { kind: 'reply', id, value: reply })
    } catch (error) {
      this.#finish(job, { kind: 'error', id, error: reportOf(error) })
    }
  }

  /** The client does not wait any more. A cancel of what has been answered by now crossed the answer. */
  #cancel(id: number): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    job.abort(new DOMException('the client has given the request up', 'AbortError'))
    if (this.#shared.slots.drop(job)) this.#finish(job, { kind: 'nothing', id })
  }

  #late(job: Job, reason: Error): void {
    job.abort(reason)
    if (this.#shared.slots.drop(job))
      this.#finish(job, { kind: 'error', id: job.id, error: reportOf(reason) })
  }

  #finish(job: Job, answer: Envelope<Request, Reply>): void {
    if (!this.#over) this.#answer(answer)
    this.#forget(job)
  }

  #forget(job: Job): void {
    job.finish()
    this.#jobs.delete(job.id)
    this.#shared.idle.end()
  }

  #answer(answer: Envelope<Request, Reply>): void {
    this.#unsent++
    this.#shared.idle.begin()
    const refused = (error: unknown): Promise<void> | undefined => {
      // The codec cannot carry it; or the client is gone, and this goes nowhere either.
      if (answer.kind !== 'reply') return undefined
      return this.#channel.send({ kind: 'error', id: answer.id, error: reportOf(error) })
    }
    this.#lastSend = this.#channel
      .send(answer)
      .catch(refused)
      .catch(nothing)
      .then(() => {
        this.#unsent--
        this.#shared.idle.end()
      })
  }

  #corrupt(what: string): CorruptPeerError {
    return new CorruptPeerError(this.#channel.label, what)
  }
}
