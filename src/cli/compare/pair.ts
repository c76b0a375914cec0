// Two sides and what they are asked to do, under a watchdog.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Leftover } from './leftover.ts'
import type { Mechanism, Stage } from './mechanism.ts'
import type { Role } from './model.ts'
import type { Processors } from './processors.ts'
import type { Reply, Request } from './protocol.ts'
import type { Rounds } from './side/rounds.ts'
import { Side, type SideFailure } from './side-process.ts'

/** How often the receiver's position is looked at. */
const TICK = 100
/** A side that failed may have done so because the other died, which is then the reason to tell. */
const GRACE = 50

export type Moved = Reply & { readonly is: 'moved' }
export type Talked = Reply & { readonly is: 'talked' }

export interface PairOptions {
  readonly mechanism: Pick<Mechanism, 'name' | 'module'>
  readonly stage: Stage
  /** The file that the side reads or writes. */
  readonly files: Readonly<Record<Role, number>>
  readonly processors: Processors | null
  /** What a side removes if this process dies. */
  readonly leftovers: readonly Leftover[]
  /** Milliseconds without any sign of life after which the pair is given up. */
  readonly patience: number
}

/** The two processes of one mechanism. */
export class Pair {
  readonly sender: Side
  readonly receiver: Side
  readonly #patience: number
  readonly #failures: SideFailure[] = []
  readonly #failed: Promise<never>

  constructor({ mechanism, stage, files, processors, leftovers, patience }: PairOptions) {
    this.#patience = patience
    const { promise, reject } = rejectable()
    this.#failed = promise
    const start = (role: Role): Side => {
      const descriptors = [files[role], ...stage.descriptors[role]]
      const onFailure = (failure: SideFailure): void => {
        this.#failures.push(failure)
        sleep(GRACE).then(() => reject(new Error(reason(this.#failures))))
      }
      const side = new Side({ role, name: mechanism.name, descriptors, onFailure })
      side.tell({
        do: 'join',
        role,
        mechanism: mechanism.name,
        module: mechanism.module,
        settings: stage.settings,
        descriptors: stage.descriptors[role].length,
        processor: processors?.[role] ?? null,
        leftovers,
      })
      return side
    }
    this.sender = start('sender')
    try {
      this.receiver = start('receiver')
    } catch (error) {
      this.sender.kill()
      throw error
    }
  }

  get pids(): Readonly<Record<Role, number>> {
    return { sender: this.sender.pid, receiver: this.receiver.pid }
  }

  /** Both have their ends. */
  async joined(): Promise<void> {
    await this.#watched(Promise.all([this.sender.reply(), this.receiver.reply()]))
  }

  async talk(rounds: Rounds): Promise<readonly [Talked, Talked]> {
    const replies = this.#askBoth({ do: 'talk', ...rounds })
    return (await this.#watched(replies)) as [Talked, Talked]
  }

  /** One pass. `hold` is waited for in its middle; `onProgress` hears how many bytes have landed. */
  async move(
    size: number,
    holdAt: number | null,
    on: { hold(at: number): Promise<void>; progress(done: number): void },
  ): Promise<readonly [Moved, Moved]> {
    this.receiver.tell({ do: 'move', size, holdAt: null })
    const ready = (await this.#watched(this.receiver.reply())) as Reply & { is: 'ready' }
    const position = (): number => positionOf(this.receiver.pid, ready.fd ?? -1)
    this.sender.tell({ do: 'move', size, holdAt })
    if (holdAt !== null) {
      const held = (await this.#watched(this.sender.reply(), position, on.progress)) as Reply & { is: 'held' }
      await Promise.race([on.hold(held.at), this.#failed])
      this.sender.tell({ do: 'go' })
    }
    const replies = Promise.all([this.sender.reply(), this.receiver.reply()])
    return (await this.#watched(replies, position, on.progress)) as [Moved, Moved]
  }

  /** Ends both at once. */
  kill(): void {
    this.sender.kill()
    this.receiver.kill()
  }

  /** Resolves when both are no more. */
  async ended(): Promise<void> {
    await Promise.all([this.sender.ended, this.receiver.ended])
  }

  #askBoth(request: Request): Promise<[Reply, Reply]> {
    this.receiver.tell(request)
    this.sender.tell(request)
    return Promise.all([this.sender.reply(), this.receiver.reply()])
  }

  /**
   * The promise, or the first failure. Patience is counted in ticks of this process and not in time, so that a Ctrl-Z
   * does not use it up.
   */
  async #watched<T>(
    promise: Promise<T>,
    position: () => number = () => 0,
    onProgress: (done: number) => void = () => {},
  ): Promise<T> {
    const { promise: stuck, reject } = rejectable()
    let last = -1
    let quiet = 0
    const timer = setInterval(() => {
      const done = position()
      quiet = done === last ? quiet + 1 : 0
      last = done
      onProgress(done)
      if (quiet * TICK < this.#patience) return
      reject(new Error(`nothing moved for ${this.#patience / 1000} s; both sides were ended`))
    }, TICK)
    try {
      return await Promise.race([promise, this.#failed, stuck])
    } finally {
      clearInterval(timer)
    }
  }
}

/** A death explains a failure, and not the other way round. */
function reason(failures: readonly SideFailure[]): string {
  return (failures.find((failure) => failure.died) ?? failures[0])?.message ?? 'it failed'
}

/** The position of a descriptor of another process; see proc_pid_fdinfo(5). -1 once it is closed. */
function positionOf(pid: number, fd: number): number {
  try {
    return Number(/^pos:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? -1)
  } catch {
    return -1
  }
}

function rejectable(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<never>((_, rejects) => {
    reject = rejects
  })
  promise.catch(() => {}) // heard where it is raced
  return { promise, reject }
}
