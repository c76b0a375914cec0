// From counts and times to a row.
import type { Calls, Copies, Counts, RoundTrip, Row, SourceFile } from './model.ts'
import type { Talked } from './pair.ts'
import { callCount, sum } from './side/tally.ts'

/** One timed transfer. */
export interface Pass {
  /** From just before the sender's first read to just after the receiver's last write. */
  readonly seconds: number
  readonly counts: readonly (Counts | null)[]
}

export interface Findings {
  readonly file: SourceFile
  readonly talked: readonly [sender: Talked, receiver: Talked]
  readonly passes: readonly Pass[]
  /** SHA-256 of what landed. */
  readonly landed: string
}

/** A mechanism, as far as a row names it. */
interface Named {
  readonly name: string
  readonly how: string
  readonly bytesPerEvent?: number
}

/** A row of which nothing is known yet; `error` says why nothing will be. */
export function emptyRow(mechanism: Named, error: string | null): Row {
  const { name, how, bytesPerEvent = null } = mechanism
  return {
    name,
    how,
    ok: error === null,
    bytesPerEvent,
    error,
    checksum: null,
    sha256: null,
    pids: null,
    objects: [],
    bytesPerSecond: null,
    seconds: [],
    roundTrip: null,
    copies: null,
    calls: null,
  }
}

/** The row of a mechanism that moves no file. What it calls is nothing that /proc/PID/io counts. */
export function eventRow(row: Row, [{ roundTrip }]: Findings['talked']): Row {
  return { ...row, roundTrip }
}

/** The row with what was found. A checksum that differs fails it; the figures stay, to be looked at. */
export function filledRow(row: Row, { file, talked, passes, landed }: Findings): Row {
  const equal = landed === file.sha256
  const seconds = passes.map((pass) => pass.seconds)
  const difference = `what landed has the SHA-256 ${landed.slice(0, 12)}…, the file has ${file.sha256.slice(0, 12)}…`
  const moving = sum(passes.flatMap(({ counts }) => counts))
  const talking = sum(talked.map(({ counts }) => counts))
  const bytes = file.size * passes.length
  const [{ roundTrip }] = talked
  return {
    ...row,
    ok: equal,
    error: equal ? null : difference,
    checksum: equal ? 'equal' : 'differs',
    sha256: landed,
    bytesPerSecond: file.size === 0 || seconds.length === 0 ? null : file.size / median(seconds),
    seconds,
    roundTrip,
    copies: moving === null || bytes === 0 ? null : copiesIn(moving, bytes),
    calls: moving === null || talking === null ? null : callsIn(moving, talking, { bytes, roundTrip }),
  }
}

function copiesIn({ calls: _, ...counts }: Counts, bytes: number): Copies {
  return { perByte: (counts.read + counts.written + counts.copiedOtherwise) / bytes, ...counts }
}

function callsIn(
  moving: Counts,
  talking: Counts,
  { bytes, roundTrip }: { readonly bytes: number; readonly roundTrip: RoundTrip | null },
): Calls {
  return {
    perMegabyte: bytes === 0 ? null : (callCount(moving) / bytes) * 1e6,
    perRoundTrip: roundTrip === null ? null : callCount(talking) / roundTrip.rounds,
    transfer: moving.calls,
    roundTrips: talking.calls,
  }
}

/** Of at least one number; the mean of the middle two if they are even in number. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}
