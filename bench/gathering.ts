// Trials with more than two processes: topics and queues.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChannelAmount, ChannelTrial, Course } from './channel.ts'
import type { Lane } from './channel-case.ts'
import { pinning } from './machine.ts'
import { runSides, start } from './process.ts'
import type { GatheringOutput, GatheringPlan, GatheringRole } from './sides/gathering/plan.ts'

const side = fileURLToPath(new URL('./sides/gathering.js', import.meta.url))

export function isGathering({ way }: Lane): boolean {
  return way === 'overwrite' || way === 'block' || way.startsWith('queue')
}

/** Who takes part. The first is alone on its processor: the publisher, or who holds the queue. */
function rolesOf({ readers }: Lane): GatheringRole[] {
  if (readers === undefined) return ['holder', 'producer', 'producer', 'worker', 'worker']
  return ['publisher', ...Array.from({ length: readers }, () => 'subscriber' as const)]
}

interface Amount extends ChannelAmount {
  readonly spin: number | undefined
}

export async function runGathering({ lane, placement, cpus }: Course, amount: Amount): Promise<ChannelTrial> {
  const pins = pinning(placement, cpus)
  if (pins === undefined) throw new Error('two processors are needed')
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const address = `shm:${join(directory, 'gathering')}`
    const sides = rolesOf(lane).map((role, i) => {
      const plan: GatheringPlan = { role, address, lane, ...amount }
      const command = [process.execPath, side, JSON.stringify(plan)]
      return start({ command, cpu: pins[i === 0 ? 0 : 1], descriptors: [] })
    })
    const outputs = (await runSides(sides)).map((output) => JSON.parse(output) as GatheringOutput)
    const rate = outputs.reduce((sum, output) => sum + output.rate, 0)
    const cpu = outputs.reduce((sum, output) => sum + output.cpu, 0)
    return { rate, cpu: cpu / (amount.warmUp + amount.count), seconds: amount.count / rate }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
