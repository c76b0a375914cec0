// The comparison as a whole: the source, each mechanism in turn, the advice.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { advise } from './advice.ts'
import type { CleanUps } from './cleanups.ts'
import { choose, Destination, roomIn } from './destination.ts'
import { expectedSeconds } from './estimate.ts'
import type { EventMechanism, Mechanism } from './mechanism.ts'
import type { Comparison, Plan, Row } from './model.ts'
import { twoProcessors } from './processors.ts'
import type { Source } from './source.ts'
import { type Listener, type Task, trial } from './trial.ts'

/** Up to this size there are several passes, and one more before them to warm up. */
const SEVERAL_UP_TO = 1e9
const PASSES = 3
const PATIENCE = 20_000
const LONGEST_TALK = 3_000

export interface Choices {
  readonly source: Source
  readonly mechanisms: readonly (Mechanism | EventMechanism)[]
  readonly rounds: number
  readonly hold: boolean
  /** Milliseconds without a sign of life after which a pair is ended. Default: 20 s. */
  readonly patience?: number
}

export interface CompareListener extends Listener {
  /** The source is read and hashed; so many of its bytes are done. */
  reading(done: number): void
  /** A mechanism is done. */
  row(row: Row): void
}

/** What would be done. Throws ENOSPC where it cannot. */
export async function makePlan({ source, mechanisms, rounds, hold }: Choices): Promise<Plan> {
  const passes = source.size <= SEVERAL_UP_TO ? PASSES : 1
  const plan = {
    path: source.path,
    size: source.size,
    mechanisms: mechanisms.map((each) => ({
      name: each.name,
      how: each.how,
      carriesFile: !('bytesPerEvent' in each),
    })),
    passes,
    warmUp: passes > 1 || hold,
    rounds,
    processors: await twoProcessors(),
    destination: choose(source.size, roomIn(tmpdir())),
  }
  return { ...plan, seconds: expectedSeconds(plan) }
}

/** Does what is planned. Rejects if the source changes meanwhile; a mechanism that fails only fails its row. */
export async function compare(
  { plan, choices }: { readonly plan: Plan; readonly choices: Choices },
  listener: CompareListener,
  cleanUps: CleanUps,
): Promise<Comparison> {
  const { source } = choices
  const began = performance.now()
  const file = await source.hash((done) => listener.reading(done))
  const destination = makeDestination(plan)
  const closeDestination = cleanUps.add(() => destination.close())
  const rows: Row[] = []
  try {
    const task: Task = {
      source,
      file,
      destination,
      processors: plan.processors,
      rounds: { rounds: plan.rounds, warmUp: warmUpOf(plan.rounds), longest: LONGEST_TALK },
      passes: plan.passes,
      warmUp: plan.warmUp,
      patience: choices.patience ?? PATIENCE,
      cleanUps,
      listener,
    }
    for (const mechanism of choices.mechanisms) {
      const row = await trial(mechanism, task)
      rows.push(row)
      listener.row(row)
    }
  } finally {
    closeDestination()
  }
  return {
    ok: rows.every((row) => row.ok),
    file,
    host: hostFacts(),
    destination: plan.destination,
    processors: plan.processors,
    passes: plan.passes,
    seconds: (performance.now() - began) / 1000,
    mechanisms: rows,
    advice: advise(rows),
  }
}

/** In a directory only for as long as it has a name. */
function makeDestination({ destination, size }: Plan): Destination {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-compare-'))
  try {
    return Destination.make(destination, size, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function warmUpOf(rounds: number): number {
  return Math.min(1000, Math.ceil(rounds / 10))
}

function hostFacts(): Comparison['host'] {
  return {
    kernel: release(),
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
  }
}
