// A descriptor of a channel on the event loop. Arming costs two system calls, so what is armed stays so until an event finds
// that nobody waits for it.
import { must, SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import type { Watcher } from '../../sys/native.ts'
import { DISCONNECT, READABLE, unwatch, WRITABLE, watch, watchFor, watchRef } from '../../sys/wait.ts'

export { DISCONNECT, READABLE, WRITABLE }
/** Waits for urgent data, which never comes, and so for nothing but an error and the end of both directions. */
export const HANG_UP = 8
const ANY = READABLE | WRITABLE | DISCONNECT

export class Watch {
  /** Not to be known by the descriptor's own closing, which must not keep the descriptor alive. */
  readonly #watched: { watcher: Watcher | undefined } = { watcher: undefined }
  readonly #happened: (events: number) => void
  readonly #label: string
  #armed = 0
  #wanted = 0
  #keepsAlive = false

  /** `happened` is not kept alive by the event loop: whoever waits must be. */
  constructor(fd: Fd, happened: (events: number) => void) {
    this.#happened = happened
    this.#label = `${fd}`
    const watched = this.#watched
    const self = new WeakRef(this)
    const watcher = watch(fd.number, (events) => {
      const alive = self.deref()
      if (alive !== undefined) alive.#onEvents(events)
    })
    if (typeof watcher === 'number') throw new SysError(watcher, 'epoll_ctl', { on: this.#label })
    watched.watcher = watcher
    fd.beforeClose(() => {
      if (watched.watcher !== undefined) unwatch(watched.watcher)
      watched.watcher = undefined
    })
  }

  /** What is waited for from now on, and whether that keeps the event loop running. */
  expect(events: number, keepsAlive: boolean): void {
    const { watcher } = this.#watched
    if (watcher === undefined) return
    this.#wanted = events
    if ((events & ~this.#armed) !== 0) this.#arm(watcher, this.#armed | events)
    if (keepsAlive === this.#keepsAlive) return
    this.#keepsAlive = keepsAlive
    watchRef(watcher, keepsAlive)
  }

  /** Waits for nothing any more: another may watch the descriptor. Idempotent. */
  end(): void {
    const { watcher } = this.#watched
    this.#watched.watcher = undefined
    if (watcher !== undefined) unwatch(watcher)
  }

  #onEvents(events: number): void {
    if (events === ANY) this.#armed = 0 // after an error nothing is
    this.#happened(events)
    const { watcher } = this.#watched
    const idle = (events & ~this.#wanted) !== 0 && this.#armed !== this.#wanted
    if (watcher !== undefined && idle) this.#arm(watcher, this.#wanted)
  }

  #arm(watcher: Watcher, events: number): void {
    this.#armed = events
    must(watchFor(watcher, events), 'epoll_ctl', { on: this.#label })
  }
}
