// The bytes of a read-write lock: include/hutong/rwlock.h in TypeScript.
//
//   words 0-3   magic, version and sizeof(pthread_mutex_t), how many reader slots there are, state
//   at 64       the gate, a mutex; whoever wants the lock passes it, and a writer keeps it
//   at 128 ...  the reader slots, each a mutex, which a reader holds one of and a writer all
//
// Every mutex is robust and process-shared, so the kernel frees what the dead held, and tells the next.
import { EBUSY } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { mutexAlignment, mutexSize } from '../../sys/mutex.ts'
import { checkWhole } from '../mapping-options.ts'
import { Placed, type SharedPlace } from '../placed.ts'
import { NotALockError } from './not-a-lock.ts'
import { Robust } from './robust.ts'

/** What a writer has left behind. */
export const CLEAN = 0
/** A writer is at work; when the gate says that its holder died, the data is half written. */
export const WRITING = 1
/** A writer died; nobody has repaired yet. */
export const DIED = 2
/** Nobody has: the lock is unusable. */
export const LOST = 3

const MAGIC = 0x4c575248 // "HRWL"
const VERSION = 1
const STRIDE = 64
const MOST_READERS = 4096
const [MAGIC_WORD, VERSION_WORD, READERS_WORD, STATE_WORD] = [0, 1, 2, 3] as const
const ABOUT = VERSION | (mutexSize << 16)
const PLACE = { alignment: mutexAlignment, name: 'read-write lock' } as const

/** Bytes of a lock for so many readers at a time. */
export function sizeFor(readers: number): number {
  if (checkWhole(readers, 'readers', 1) > MOST_READERS) {
    throw new RangeError(`readers must be 1 to ${MOST_READERS}, not ${readers}`)
  }
  return STRIDE * (2 + readers)
}

export class RwMemory {
  readonly place: Placed
  readonly readers: number
  readonly gate: Robust
  readonly #slots: Robust[] = []

  private constructor(place: Placed, readers: number) {
    this.place = place
    this.readers = readers
    this.gate = new Robust(place, STRIDE)
    for (let index = 0; index < readers; index++) this.#slots.push(new Robust(place, STRIDE * (2 + index)))
  }

  /** Makes one of what lies there. EBUSY if this thread holds it. */
  static initialize(memory: SharedPlace, offset: number, readers: number): RwMemory {
    const place = new Placed(memory, offset, { ...PLACE, size: sizeFor(readers) })
    const made = new RwMemory(place, readers)
    const { words } = place
    const mutexes = [made.gate, ...made.#slots]
    if (words[MAGIC_WORD] === MAGIC && mutexes.some((mutex) => mutex.isMutex && mutex.isOwn)) {
      throw new SysError(EBUSY, 'initialize', { on: `the ${place.label}`, hint: 'This thread holds it.' })
    }
    Atomics.store(words, MAGIC_WORD, 0) // nobody takes it for one until it is whole
    for (const mutex of mutexes) mutex.initialize(true)
    Atomics.store(words, VERSION_WORD, ABOUT)
    Atomics.store(words, READERS_WORD, readers)
    Atomics.store(words, STATE_WORD, CLEAN)
    Atomics.store(words, MAGIC_WORD, MAGIC)
    return made
  }

  /** Takes the one that is there, or throws NotALockError. */
  static at(memory: SharedPlace, offset: number): RwMemory {
    const { words, label } = new Placed(memory, offset, { ...PLACE, size: STRIDE })
    const readers = Atomics.load(words, READERS_WORD)
    if (Atomics.load(words, MAGIC_WORD) !== MAGIC || readers < 1 || readers > MOST_READERS) {
      throw new NotALockError(label, 'there is no read-write lock', 'Initialize it first.')
    }
    if (Atomics.load(words, VERSION_WORD) !== ABOUT) {
      const found = 'the read-write lock there is of another version of its layout, or of another libc'
      throw new NotALockError(label, found, 'All who use it need the same.')
    }
    const there = new RwMemory(new Placed(memory, offset, { ...PLACE, size: sizeFor(readers) }), readers)
    for (const mutex of [there.gate, ...there.#slots]) mutex.checkKind()
    return there
  }

  get state(): number {
    return Atomics.load(this.place.words, STATE_WORD)
  }

  set state(state: number) {
    Atomics.store(this.place.words, STATE_WORD, state)
  }

  slot(index: number): Robust {
    const slot = this.#slots[index % this.readers]
    if (slot === undefined) throw new RangeError(`no slot ${index}`)
    return slot
  }
}
