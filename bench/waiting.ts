// Runs the cases of fs.readFile and timers beside operations that wait.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Crowd, Waiting } from './case.ts'
import type { Effort } from './contest.ts'
import { runSides, start } from './process.ts'
import type { Looks, WaitingResult } from './report.ts'
import type { WaitingOutput } from './sides/waiting.ts'
import { quantile, ratioOf, summarize } from './statistics.ts'
import { figuresOf, runTriples, type TrialTriple } from './triples.ts'

const side = fileURLToPath(new URL('./sides/waiting.js', import.meta.url))

/** About what a small file's read takes, with the thread pool's share. Seconds. */
const READ = 100e-6

export async function runWaitingTrial(mode: 'idle' | Crowd, reads: number): Promise<WaitingOutput> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const command = [process.execPath, side, mode, directory, `${reads}`]
    const [output = ''] = await runSides([start({ command, cpu: undefined, descriptors: [] })])
    return JSON.parse(output) as WaitingOutput
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function latency({ readFile }: WaitingOutput): number {
  return readFile.p50
}

const looks = ['readFile', 'timer'] as const

function eachLook<T>(of: (look: (typeof looks)[number]) => T): Readonly<Record<keyof Looks, T>> {
  return { readFile: of('readFile'), timer: of('timer') }
}

function typical(trials: readonly WaitingOutput[]): Looks {
  const median = (figure: (trial: WaitingOutput) => number): number => quantile(trials.map(figure), 0.5)
  return eachLook((look) => ({
    p50: median((trial) => trial[look].p50),
    p99: median((trial) => trial[look].p99),
  }))
}

export async function runWaiting(waiting: Waiting, effort: Effort): Promise<WaitingResult> {
  const reads = Math.round(Math.max(200, (effort.seconds * 2) / READ))
  const contestants = {
    outer: () => runWaitingTrial('idle', reads),
    inner: () => runWaitingTrial(waiting.crowd, reads),
    figure: latency,
  }
  const limits = { wanted: effort.triples, most: effort.most, onTriple: effort.onTriple }
  const { kept, thrown } = await runTriples(contestants, limits)
  const ratios = (figure: (trial: WaitingOutput) => number) =>
    summarize(kept.map((triple: TrialTriple<WaitingOutput>) => ratioOf(figuresOf(triple, figure))))
  const busy = kept.map(({ inner }) => inner)
  return {
    ...waiting,
    idle: typical(kept.flatMap(({ first, last }) => [first, last])),
    busy: typical(busy),
    ratio: eachLook((look) => ({
      p50: ratios((trial) => trial[look].p50),
      p99: ratios((trial) => trial[look].p99),
    })),
    waited: busy[0]?.waited ?? 0,
    addedMiB: summarize(busy.map(({ addedKiB }) => addedKiB / 1024)),
    cancelled: summarize(busy.map((trial) => trial.cancelled)),
    thrown: thrown.length,
  }
}
