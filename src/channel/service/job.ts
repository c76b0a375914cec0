// A request as the service sees it: waiting for its turn, or with its handler.
import type { PeerCredentials } from '../../kernel/socket/credentials.ts'
import { TimeoutError } from '../../wait/options.ts'
import type { Task } from './slots.ts'

/** What a handler is told beside the request. */
export interface RequestContext {
  /**
   * Aborts when nobody waits for the reply any more: the client gave the request up, its timeout has passed, or the client is
   * gone. The reply of a handler that goes on is thrown away.
   */
  readonly signal: AbortSignal
  /** The process that asks, as the kernel vouches for it; `undefined` where the mechanism does not tell. */
  readonly peer: PeerCredentials | undefined
}

/**
 * Gives the reply to a request, or a promise of it; `undefined` is one, too. What it throws is thrown at the client as a
 * ServiceError, with its name, message and code.
 */
export type Handler<Request, Reply> = (request: Request, context: RequestContext) => Reply | Promise<Reply>

// setTimeout's own limit. More is no deadline.
const LONGEST = 0x7fffffff

export class Job implements Task {
  readonly id: number
  readonly run: () => Promise<void>
  #controller: AbortController | undefined
  #aborted = false
  #reason: unknown
  #timer: NodeJS.Timeout | undefined

  constructor(id: number, run: (job: Job) => Promise<void>) {
    this.id = id
    this.run = () => run(this)
  }

  /** Most handlers never ask for it, and it costs more than all the rest. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  /** Calls `late` after `timeout` milliseconds, unless `finish` is called before. */
  setDeadline(timeout: number, late: (reason: TimeoutError) => void): void {
    if (timeout > LONGEST) return
    this.#timer = setTimeout(() => late(new TimeoutError('the request', timeout)), timeout)
  }

  finish(): void {
    clearTimeout(this.#timer)
  }
}
