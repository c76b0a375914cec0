// Measures what channels cost beside their messages.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnixSocket } from 'hutong'
import type { Cost, CostCase } from './channel-case.ts'
import { runSides, start } from './process.ts'
import type { CostFigure, CostResult } from './report.ts'
import type { IdleOutput } from './sides/cost/idle.ts'
import { quantile } from './statistics.ts'

function side(name: string, ...flags: string[]): string[] {
  return [process.execPath, ...flags, fileURLToPath(new URL(`./sides/cost/${name}.js`, import.meta.url))]
}

// A young generation that cannot grow: otherwise its growth looks like memory of the channels.
const FLAGS = ['--expose-gc', '--max-semi-space-size=1']

/** A thousand channels between two processes, one of which is looked at. */
export async function idle(count: number, seconds: number): Promise<CostFigure[]> {
  const [one, other] = UnixSocket.pair()
  const sides = [one, other].map((end, i) =>
    start({
      command: [...side('idle', ...FLAGS), i === 0 ? 'make' : 'take', `${count}`, `${seconds}`],
      cpu: undefined,
      descriptors: [end.inherit()],
    }),
  )
  one.close()
  other.close()
  const outputs = (await runSides(sides)).map((output) => JSON.parse(output) as IdleOutput)
  const largest = (figure: (output: IdleOutput) => number): number => Math.max(...outputs.map(figure))
  return [
    {
      what: `${count} idle channels: processor time in ${seconds} s`,
      unit: 'ms',
      value: largest(({ cpu }) => cpu),
      most: 5,
    },
    {
      what: `${count} idle channels: memory beside the rings`,
      unit: 'MiB',
      value: largest(({ memory }) => memory),
      most: 20,
    },
  ]
}

/** Milliseconds that one process after the other took to import a module. */
async function importTimes(module: string, times: number): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < times; i++) {
    const running = start({ command: [...side('import'), module], cpu: undefined, descriptors: [] })
    const [output = ''] = await runSides([running])
    taken.push(Number(output))
  }
  return taken
}

const EMPTY = new URL('./sides/cost/empty.js', import.meta.url).href

async function imported(times: number): Promise<CostFigure[]> {
  const ours = quantile(await importTimes('hutong/channel', times), 0.5)
  const empty = quantile(await importTimes(EMPTY, times), 0.5)
  return [
    {
      what: "import 'hutong/channel', more than an empty module",
      unit: 'ms',
      value: ours - empty,
      most: 25,
    },
  ]
}

/** A process that listens in shared memory, and one that connects to it again and again. */
export async function opened(times: number): Promise<CostFigure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  try {
    const sides = ['listen', 'connect'].map((role) =>
      start({
        command: [...side('open'), role, join(directory, 'channel'), `${times}`],
        cpu: undefined,
        descriptors: [],
      }),
    )
    const [, output = ''] = await runSides(sides)
    return [{ what: 'opening a channel, shm: by path', unit: 'ms', value: Number(output), most: 1 }]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const IDLE = 1000
const IDLE_SECONDS = 2
const IMPORTS = 15
const OPENS = 500

const runs: Readonly<Record<Cost, () => Promise<CostFigure[]>>> = {
  idle: () => idle(IDLE, IDLE_SECONDS),
  open: () => opened(OPENS),
  import: () => imported(IMPORTS),
}

export async function runCost(one: CostCase): Promise<CostResult> {
  return { ...one, figures: await runs[one.cost]() }
}
