// Runs the cases of create, use, close.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cycles } from './cases.ts'
import { runSides, start } from './process.ts'
import type { CyclesResult } from './report.ts'
import type { CyclesOutput } from './sides/cycles.ts'

const side = fileURLToPath(new URL('./sides/cycles.js', import.meta.url))

export async function runCycles(cycles: Cycles, count: number): Promise<CyclesResult> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const command = [process.execPath, '--expose-gc', side, cycles.object, directory, `${count}`]
    const [output = ''] = await runSides([start({ command, cpu: undefined, descriptors: [] })])
    return { ...cycles, count, ...(JSON.parse(output) as CyclesOutput) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
