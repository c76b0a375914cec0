// Runs the cases of create, use, close.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cycled, Cycles } from './case.ts'
import { runSides, start } from './process.ts'
import type { CyclesResult } from './report.ts'
import type { CyclesOutput } from './sides/cycles.ts'

const side = fileURLToPath(new URL('./sides/cycles.js', import.meta.url))

// A young generation that cannot grow: otherwise its growth to its full 48 MiB looks like a leak.
const flags = ['--expose-gc', '--max-semi-space-size=1']

/** One after the other in one process. */
export async function cycleAll(objects: readonly Cycled[], count: number): Promise<CyclesOutput[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const command = [process.execPath, ...flags, side, objects.join(','), directory, `${count}`]
    const [output = ''] = await runSides([start({ command, cpu: undefined, descriptors: [] })])
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as CyclesOutput)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

export async function runCycles(cycles: Cycles, count: number): Promise<CyclesResult> {
  const [output] = await cycleAll([cycles.object], count)
  if (output === undefined) throw new Error('the side gave no figures')
  return { ...cycles, count, ...output }
}
