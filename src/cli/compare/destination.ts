// Where the receiver writes: nothing with a name, so that nothing can be left behind.
import { closeSync, ftruncateSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Memfd } from '../../kernel/memfd.ts'
import { type Hashed, hash } from './hash.ts'
import { PIECE_BYTES } from './mechanism.ts'
import { CompareError } from './refusal.ts'

/** Bytes that can be had. */
export interface Room {
  readonly memory: number
  readonly disk: number
  /** The directory on that disk. */
  readonly folder: string
}

export type DestinationKind = 'memory' | 'disk'

/** What there is now, container limits included. */
export function roomIn(folder: string): Room {
  // Since Node 20.13; unlike os.freemem it knows about cgroups.
  const { availableMemory } = process as { availableMemory?: () => number }
  const { bavail, bsize } = statfsSync(folder)
  return { memory: availableMemory?.() ?? freemem(), disk: bavail * bsize, folder }
}

/** Memory if the file takes at most half of what is left, so that nobody is pushed out; otherwise the disk. ENOSPC. */
export function choose(size: number, room: Room): DestinationKind {
  if (size <= room.memory / 2) return 'memory'
  if (size <= room.disk * 0.9) return 'disk'
  const mega = (bytes: number): string => `${Math.floor(bytes / 1e6)} MB`
  throw new CompareError(
    'ENOSPC',
    `no room for a second copy of ${mega(size)}: ${mega(room.memory)} of memory are free, ` +
      `and ${mega(room.disk)} in ${room.folder} (TMPDIR); compare a smaller file`,
  )
}

// What no transfer leaves: if it does not write everywhere, the checksum shows it.
const STALE = 0xa5
const PIECES_PER_TURN = 32

/** A memfd, or a file that has lost its name. */
export class Destination {
  readonly kind: DestinationKind
  readonly #size: number
  readonly #file: { readonly fd: number; close(): void }

  private constructor(kind: DestinationKind, file: { readonly fd: number; close(): void }, size: number) {
    this.kind = kind
    this.#file = file
    this.#size = size
  }

  get fd(): number {
    return this.#file.fd
  }

  static make(kind: DestinationKind, size: number, folder: string): Destination {
    if (kind === 'memory') return new Destination(kind, Memfd.create('hutong-destination', { size }), size)
    const path = join(folder, 'destination')
    const fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return new Destination(kind, { fd, close: () => closeSync(fd) }, size)
  }

  /** Before a transfer. In memory, writes over everything: the pages are there when the clock starts. */
  async spoil(): Promise<void> {
    if (this.kind === 'disk') return ftruncateSync(this.fd, 0)
    const stale = Buffer.alloc(Math.min(PIECE_BYTES, this.#size), STALE)
    for (let done = 0, piece = 0; done < this.#size; piece++) {
      done += writeSync(this.fd, stale, 0, Math.min(stale.length, this.#size - done), done)
      if (piece % PIECES_PER_TURN === 0) await nextTurn()
    }
  }

  /** Of what landed. */
  hash(): Promise<Hashed> {
    return hash(this.fd)
  }

  close(): void {
    this.#file.close()
  }
}
