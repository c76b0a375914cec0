// What a mechanism must offer to be compared. Each lives in a file of its own and exports one `mechanism`.
import type { Leftover } from './leftover.ts'
import type { KernelObject, Role } from './model.ts'
import type { Tally } from './side/tally.ts'

/** What a mechanism tells its two sides beside descriptors: plain JSON. */
export type Settings = Readonly<Record<string, string | number>>

export interface Mechanism {
  /** The word for `--only`, and the row's name. */
  readonly name: string
  /** What happens to the bytes, in one line. */
  readonly how: string
  /** If it is none of table.ts: the URL of the file that exports it as `mechanism`, for each side to import. */
  readonly module?: string
  /** In the comparing process: makes the kernel objects. */
  prepare(scene: Scene): Stage
  /** In a side, a process of its own: takes its ends. May wait for the other side to do the same. */
  join(seat: Seat): End
}

/** A mechanism that wakes and carries no file. */
export interface EventMechanism extends Omit<Mechanism, 'join'> {
  /** What an event tells beside that it happened. */
  readonly bytesPerEvent: number
  join(seat: Seat): EventEnd
}

/** Where a mechanism's objects are made. */
export interface Scene {
  /** A name nobody else has, for names outside `folder`. */
  readonly name: string
  /** A private directory, removed afterwards. */
  readonly folder: string
  /** The file to move. */
  readonly source: { readonly path: string; readonly fd: number; readonly size: number }
}

/** The objects, ready to be handed over. */
export interface Stage {
  readonly objects: readonly KernelObject[]
  /** Descriptors that the side inherits; it gets their new numbers in the same order. */
  readonly descriptors: Readonly<Record<Role, readonly number[]>>
  readonly settings: Settings
  /** What stays outside the private directory: removed afterwards, by a side if this process cannot do it any more. */
  readonly leftovers: readonly Leftover[]
  /** Commands for another terminal that show the objects while `--hold` waits. */
  look(pids: Readonly<Record<Role, number>>): readonly string[]
  /** Both sides have their ends: closes what only they need, so that each sees the other's death. */
  handedOver(): void
  /** Closes everything; what has a name is removed by others. Idempotent. */
  close(): void
}

/** What a side knows when it takes its ends. */
export interface Seat {
  readonly role: Role
  readonly descriptors: readonly number[]
  readonly settings: Settings
  /** Each side has a processor of its own: waiting for the other one need not mean to sleep. */
  readonly apart: boolean
  /** Where it counts the calls and copies that /proc/PID/io leaves out. */
  readonly tally: Tally
}

/** One side's end. Every method blocks its process. */
export interface End {
  /** The sender moves `size` bytes out of the file. `gate(done)` before each piece: there `--hold` waits. */
  send(file: number, size: number, gate: (done: number) => void): void
  /** The receiver moves `size` bytes into the file. */
  receive(file: number, size: number): void
  /** Sends a 64-byte message to the other side. */
  say(message: Uint8Array): void
  /** Waits for a 64-byte message from the other side. */
  hear(message: Uint8Array): void
}

/** One side's end of what carries no file. Both methods block its process. */
export interface EventEnd {
  signal(): void
  /** Waits for one event of the other side's. */
  await(): void
}

/** The size of the messages whose round trip is measured. */
export const MESSAGE_BYTES = 64
/** A piece of the file: one read, one write. */
export const PIECE_BYTES = 1_048_576
