// What `hutong compare` finds out: plain data, printed by format/compare.ts or as JSON.

/** One process of a pair. */
export type Role = 'sender' | 'receiver'

/** A kernel object that both processes hold. */
export interface KernelObject {
  /** What it is for: the data themselves, the way back, waking the other side. */
  readonly use: 'data' | 'reply' | 'wake'
  /** The kernel's name: `pipe:[4711]`, a path, `/memfd:…`. */
  readonly name: string
  /** Null for an object that shares its inode with all of its kind (eventfd). */
  readonly inode: number | null
}

/** Bytes and system calls of both processes during a transfer or an exchange, as counted. */
export interface Counts {
  /** Bytes that read(2) and its kin gave, from /proc/PID/io (rchar). */
  readonly read: number
  /** Bytes that write(2) and its kin took (wchar). */
  readonly written: number
  /** Bytes copied by other means, which /proc/PID/io leaves out: splice(2) where it copies, JavaScript. */
  readonly copiedOtherwise: number
  /** Bytes that changed hands without being copied: splice(2) where it moves pages, mapped pages. */
  readonly passed: number
  /** System calls by name; `read` and `write` are the kernel's count of their families (syscr, syscw), the others ours. */
  readonly calls: Readonly<Record<string, number>>
}

export interface Copies extends Omit<Counts, 'calls'> {
  /** All bytes copied, over the bytes of the file. */
  readonly perByte: number
}

export interface Calls {
  /** Over 10^6 bytes of the file. Null for an empty file. */
  readonly perMegabyte: number | null
  readonly perRoundTrip: number | null
  /** During the timed passes, both processes together. */
  readonly transfer: Readonly<Record<string, number>>
  /** During the timed rounds, both processes together. */
  readonly roundTrips: Readonly<Record<string, number>>
}

export interface RoundTrip {
  /** How many were timed; fewer than asked for when their time was up. */
  readonly rounds: number
  /** Of a 64-byte message and its echo, in microseconds. */
  readonly microseconds: {
    readonly min: number
    readonly p50: number
    readonly p99: number
    readonly max: number
  }
}

/** One mechanism's row. Every key is always there; null stands for what was not found out. */
export interface Row {
  readonly name: string
  readonly how: string
  readonly ok: boolean
  /** What an event carries, of a mechanism that moves no file; null of those that do. */
  readonly bytesPerEvent: number | null
  /** Why it failed. */
  readonly error: string | null
  /** Of what landed at the receiver, compared with the source's. */
  readonly checksum: 'equal' | 'differs' | null
  readonly sha256: string | null
  readonly pids: Readonly<Record<Role, number>> | null
  readonly objects: readonly KernelObject[]
  /** The median of the passes. Null for an empty file. */
  readonly bytesPerSecond: number | null
  /** Seconds of each timed pass, in order. */
  readonly seconds: readonly number[]
  readonly roundTrip: RoundTrip | null
  readonly copies: Copies | null
  readonly calls: Calls | null
}

export interface SourceFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** What is about to happen. */
export interface Plan {
  readonly path: string
  readonly size: number
  readonly mechanisms: readonly {
    readonly name: string
    readonly how: string
    readonly carriesFile: boolean
  }[]
  /** Timed passes, and whether there is one before them to warm up. */
  readonly passes: number
  readonly warmUp: boolean
  readonly rounds: number
  /** The processor that each side is kept on; null: the scheduler decides. */
  readonly processors: Readonly<Record<Role, number>> | null
  /** Where the receiver writes: a memfd, or a file in the temporary directory. */
  readonly destination: 'memory' | 'disk'
  /** The expected duration. */
  readonly seconds: number
}

/** The whole of it: what `--json` prints. */
export interface Comparison {
  readonly ok: boolean
  readonly file: SourceFile
  readonly host: {
    readonly kernel: string
    readonly node: string
    readonly processor: string
    readonly processors: number
  }
  readonly destination: Plan['destination']
  readonly processors: Plan['processors']
  readonly passes: number
  readonly seconds: number
  readonly mechanisms: readonly Row[]
  readonly advice: string
}
