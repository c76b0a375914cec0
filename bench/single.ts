// Runs one operation over and over, by one contestant and the other, and sums it up.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Operation, Single, Soloist } from './case.ts'
import { programPath } from './compile.ts'
import type { Effort } from './contest.ts'
import { runSides, start } from './process.ts'
import type { SingleResult } from './report.ts'
import type { SingleOutput } from './sides/single.ts'
import { ENOUGH, summarize } from './statistics.ts'
import { figuresOf, runTriples } from './triples.ts'

const side = fileURLToPath(new URL('./sides/single.js', import.meta.url))

/** Nanoseconds of one of each of the operations; C does one in a process. */
export async function timeSingles(
  soloist: Soloist,
  operations: readonly Operation[],
  count: number,
): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const program = soloist === 'C' ? [programPath('single')] : [process.execPath, side, soloist]
    const plan = [operations.join(','), `${Math.ceil(count / 2)}`, `${count}`, join(directory, 'file')]
    const running = start({ command: [...program, ...plan], cpu: undefined, descriptors: [] })
    const [output = ''] = await runSides([running])
    const lines = output.trimEnd().split('\n')
    return lines.map((line) => (JSON.parse(line) as SingleOutput).nanoseconds)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function runSingleTrial({ operation }: Single, soloist: Soloist, count: number): Promise<number> {
  const [nanoseconds] = await timeSingles(soloist, [operation], count)
  if (nanoseconds === undefined) throw new Error('the side gave no figures')
  return nanoseconds
}

const FIRST = 1000

/** How many operations the outer contestant does in about `seconds`. */
async function calibrate(one: Single, seconds: number): Promise<number> {
  const nanoseconds = await runSingleTrial(one, one.outer, FIRST)
  return Math.max(FIRST, Math.round((seconds * 1e9) / Math.max(nanoseconds, 1)))
}

export async function runSingle(one: Single, effort: Effort): Promise<SingleResult> {
  const count = await calibrate(one, effort.seconds)
  const contestants = {
    outer: () => runSingleTrial(one, one.outer, count),
    inner: () => runSingleTrial(one, one.inner, count),
    figure: (nanoseconds: number) => nanoseconds,
  }
  const limits = { wanted: effort.triples, most: effort.most, onTriple: effort.onTriple }
  const { kept, thrown } = await runTriples(contestants, limits)
  const triples = kept.map((triple) => figuresOf(triple, contestants.figure))
  const more = summarize(triples.map(({ first, inner, last }) => inner - (first + last) / 2))
  const enough = more.count >= ENOUGH
  return {
    ...one,
    count,
    outerTime: summarize(triples.flatMap(({ first, last }) => [first, last])),
    innerTime: summarize(triples.map(({ inner }) => inner)),
    more,
    verdict:
      one.bar === undefined ? undefined : enough ? (more.median <= one.bar ? 'met' : 'missed') : 'undecided',
    kept: triples,
    thrown: thrown.length,
  }
}
