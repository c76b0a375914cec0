// A lock in a mapping while it is held or waited for: libc and the kernel have its address then, so the mapping must stay
// open and where it is.
import type { Placed } from '../placed.ts'

interface Remains {
  readonly state: { readonly held: number }
  readonly label: string
}

const leaked = new FinalizationRegistry<Remains>(({ state, label }) => {
  if (state.held === 0) return
  process.emitWarning(
    `${label} was collected while locked; unlock it, or declare what locks it with \`using\``,
    { code: 'HUTONG_LEAK', type: 'ResourceWarning' },
  )
})

// Held in SharedArrayBuffers, which must not be collected: libc's list of this thread's mutexes leads through them. A mapping
// outlives what is held in it anyway (native/linger.h).
const pinned = new Set<InUse>()

export class InUse {
  readonly #place: Placed
  readonly #waiting: () => number
  // Shared with what warns when the lock is collected.
  readonly #state = { held: 0 }
  #registered = false

  /** `owner`: what everybody refers to who can still unlock; `waiting`: how many wait. */
  constructor(place: Placed, owner: object, waiting: () => number) {
    this.#place = place
    this.#waiting = waiting
    leaked.register(owner, { state: this.#state, label: place.label })
  }

  /** Before somebody waits. */
  begin(): void {
    if (this.#registered) return
    this.#place.hold(`the ${this.#place.label}`, () => {
      this.#registered = this.#state.held > 0 || this.#waiting() > 0
      return this.#registered
    })
    this.#registered = true
  }

  /** Somebody holds it now. */
  taken(): void {
    this.begin()
    this.#state.held++
    if (!this.#place.inMapping) pinned.add(this)
  }

  released(): void {
    this.#state.held--
    if (this.#state.held === 0 && !this.#place.inMapping) pinned.delete(this)
  }
}
