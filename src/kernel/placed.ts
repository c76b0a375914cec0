// Where an object lies whose bytes several processes or threads share: a part of a mapping, or of a SharedArrayBuffer.
import { closedError } from '../sys/error.ts'
import { addressOf } from '../sys/futex.ts'
import { Mapping } from './mapping.ts'
import { MappingLostError } from './mapping-error.ts'
import { checkWhole } from './mapping-options.ts'

/** Memory that others share: a writable Mapping, or a SharedArrayBuffer, which the threads of this process share. */
export type SharedPlace = Mapping | SharedArrayBuffer

/** What an object needs of its place. */
export interface PlaceNeeds {
  /** Bytes. */
  readonly size: number
  /** Of its address: a power of two. */
  readonly alignment: number
  /** What errors call the object: `semaphore`. */
  readonly name: string
  /** What errors call it if it has a better name than its place. */
  readonly label?: string
}

export class Placed {
  /** `semaphore at offset 64 of mapping of /x`. */
  readonly label: string
  /** The object's bytes as words; of length 0 once the mapping is closed or resized. */
  readonly words: Int32Array
  readonly address: number
  /** Bytes from there to the memory's end. */
  readonly room: number
  readonly #memory: SharedPlace

  /** TypeError or RangeError for memory, an offset or an alignment that cannot be; what has happened to the mapping. */
  constructor(memory: SharedPlace, offset: number, needs: PlaceNeeds) {
    const { size, alignment, name } = needs
    const buffer = bufferOf(memory, name)
    const base = addressOf(new Uint8Array(buffer))
    if ((base + checkWhole(offset, 'offset')) % alignment !== 0) {
      throw new RangeError(`offset must be a multiple of ${alignment} for a ${name}, not ${offset}`)
    }
    if (size > buffer.byteLength - offset) {
      throw new RangeError(
        `offset must leave room for the ${size} bytes of a ${name} in ${buffer.byteLength}, not ${offset}`,
      )
    }
    const where = memory instanceof Mapping ? `${memory}` : `SharedArrayBuffer of ${buffer.byteLength} bytes`
    this.label = needs.label ?? `${name} at offset ${offset} of ${where}`
    this.words = new Int32Array(buffer, offset, size >>> 2)
    this.address = base + offset
    this.room = buffer.byteLength - offset
    this.#memory = memory
  }

  /** Throws EBADF when the mapping has been closed or resized since. Cheap. */
  check(syscall: string): void {
    const memory = this.#memory
    if (memory instanceof Mapping ? memory.isMapped(this.words.buffer) : this.words.length > 0) return
    throw closedError(syscall, `${this.label}, whose mapping has been closed or resized`)
  }

  /** Throws if another process truncated the object that is mapped: a word that reads 0 may be no word any more. */
  checkLost(): void {
    const memory = this.#memory
    if (memory instanceof Mapping && memory.lost) throw new MappingLostError(this.label)
  }

  /** Whether it lies in a Mapping, which knows who holds it; otherwise in a SharedArrayBuffer, which may be collected. */
  get inMapping(): boolean {
    return this.#memory instanceof Mapping
  }

  /** Keeps the mapping open and where it is; gives the function that ends it. See Mapping.hold. */
  hold(by: string, still?: () => boolean): () => void {
    return this.#memory instanceof Mapping ? this.#memory.hold(by, still) : () => {}
  }
}

function bufferOf(memory: unknown, name: string): ArrayBuffer | SharedArrayBuffer {
  if (memory instanceof SharedArrayBuffer) return memory
  if (!(memory instanceof Mapping)) throw new TypeError('memory must be a Mapping or a SharedArrayBuffer')
  if (memory.readOnly) throw new TypeError(`memory must be writable for a ${name}: the mapping is read-only`)
  if (memory.copyOnWrite)
    throw new TypeError(`memory must be shared for a ${name}: the mapping is copy-on-write`)
  return memory.buffer
}
