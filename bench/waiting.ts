// Runs the case of fs.readFile beside 128 operations that wait.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Waiting } from './cases.ts'
import type { Effort } from './contest.ts'
import { runSides, start } from './process.ts'
import type { WaitingResult } from './report.ts'
import type { WaitingOutput } from './sides/waiting.ts'
import { quantile, ratioOf, summarize } from './statistics.ts'
import { figuresOf, runTriples, type TrialTriple } from './triples.ts'

const side = fileURLToPath(new URL('./sides/waiting.js', import.meta.url))

/** About what a small file's read takes, with the thread pool's share. Seconds. */
const READ = 100e-6

async function trial(mode: 'idle' | 'busy', reads: number): Promise<WaitingOutput> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const command = [process.execPath, side, mode, directory, `${reads}`]
    const [output = ''] = await runSides([start({ command, cpu: undefined, descriptors: [] })])
    return JSON.parse(output) as WaitingOutput
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function latency(trial: WaitingOutput): number {
  return trial.p50
}

function typical(trials: readonly WaitingOutput[]): WaitingResult['idle'] {
  return {
    p50: quantile(trials.map(latency), 0.5),
    p99: quantile(
      trials.map(({ p99 }) => p99),
      0.5,
    ),
  }
}

export async function runWaiting(waiting: Waiting, effort: Effort): Promise<WaitingResult> {
  const reads = Math.round(Math.max(200, (effort.seconds * 2) / READ))
  const contestants = {
    outer: () => trial('idle', reads),
    inner: () => trial('busy', reads),
    figure: latency,
  }
  const limits = { wanted: effort.triples, most: effort.most, onTriple: effort.onTriple }
  const { kept, thrown } = await runTriples(contestants, limits)
  const ratios = (figure: (trial: WaitingOutput) => number) =>
    summarize(kept.map((triple: TrialTriple<WaitingOutput>) => ratioOf(figuresOf(triple, figure))))
  return {
    ...waiting,
    idle: typical(kept.flatMap(({ first, last }) => [first, last])),
    busy: typical(kept.map(({ inner }) => inner)),
    ratio: { p50: ratios(latency), p99: ratios(({ p99 }) => p99) },
    waited: kept[0]?.inner.waited ?? 0,
    thrown: thrown.length,
  }
}
