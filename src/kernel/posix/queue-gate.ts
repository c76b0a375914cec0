// Waiting until a queue has a message, or room for one, without touching its flags.
import { constants } from '../../sys/constants.ts'
import { epoll_create1, epoll_ctl } from '../../sys/epoll.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { type Attempt, Readiness } from '../../wait/readiness.ts'

/**
 * One direction of a queue on the event loop. What the loop watches is made O_NONBLOCK, and that flag belongs to the open
 * file description, which a C program may share that expects to block. So the loop watches an epoll descriptor, and that
 * one watches the queue. It is opened when something first has to wait.
 */
export class QueueGate {
  readonly #queue: Fd
  readonly #events: number
  #readiness: Readiness | undefined
  #keepsAlive = true

  constructor(queue: Fd, events: number) {
    this.#queue = queue
    this.#events = events
  }

  /** How many operations wait. */
  get pending(): number {
    return this.#readiness?.pending ?? 0
  }

  /** Runs `attempt`, which has just been told to wait, until it succeeds. */
  pass(attempt: Attempt, options: WaitOptions | undefined): Promise<number> {
    this.#readiness ??= this.#open()
    return this.#readiness.whenReadable(attempt, options, true)
  }

  keepAlive(keep: boolean): void {
    this.#keepsAlive = keep
    if (keep) this.#readiness?.ref()
    else this.#readiness?.unref()
  }

  #open(): Readiness {
    const on = `${this.#queue}`
    const created = must(epoll_create1(constants.EPOLL_CLOEXEC), 'epoll_create1', { on })
    const epoll = new Fd(created, `${this.#queue.label}, watched`)
    const added = epoll_ctl(epoll.number, constants.EPOLL_CTL_ADD, this.#queue.number, this.#events)
    if (added < 0) epoll.close()
    must(added, 'epoll_ctl', { on })
    this.#queue.beforeClose(() => epoll.close())
    const readiness = new Readiness(epoll, { nonblocking: true })
    if (!this.#keepsAlive) readiness.unref()
    return readiness
  }
}
