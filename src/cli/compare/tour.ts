// The comparison as its user sees it: says what it will do, does it, shows what was found.
import { formatComparison, formatHeld, formatPlan, type Look } from '../format/compare.ts'
import type { Io, Output } from '../io.ts'
import { CleanUps } from './cleanups.ts'
import { type Choices, type CompareListener, compare, makePlan } from './compare.ts'
import { EnterKey } from './hold.ts'
import type { Comparison } from './model.ts'
import { suggest } from './next.ts'
import { ProgressLine } from './progress.ts'
import { asCalled, selfCommand } from './self.ts'
import { Source } from './source.ts'
import { mechanisms } from './table.ts'

/** Where there is no terminal to ask; and what is wider is not easier to read. */
const COLUMNS = 100

export interface Wishes {
  readonly path: string
  /** Names of mechanisms. Default: all. */
  readonly only: readonly string[] | undefined
  readonly rounds: number
  readonly hold: boolean
  /** The figures alone on standard output; people are told on standard error, and only on a terminal. */
  readonly json: boolean
}

/** Throws what `Source.open` and `compare` throw. */
export async function tour({ path, only, ...wishes }: Wishes, io: Io): Promise<Comparison> {
  const wanted = mechanisms.filter(({ name }) => only?.includes(name) ?? true)
  const source = Source.open(path)
  try {
    return await shown({ ...wishes, source, mechanisms: wanted }, wishes.json, io)
  } finally {
    source.close()
  }
}

async function shown(choices: Choices, json: boolean, io: Io): Promise<Comparison> {
  const plan = await makePlan(choices)
  if (!json) io.stdout.write(formatPlan(plan, lookOf(io.stdout)))
  const people = json ? io.stderr : io.stdout
  const progress = new ProgressLine(people, { plan, quiet: json && !people.isTerminal })
  const cleanUps = new CleanUps()
  const undo = (): void => {
    progress.end()
    cleanUps.run()
  }
  const callOff = io.onInterrupt(undo)
  process.once('exit', undo) // somebody called process.exit: whoever read our output has left
  try {
    const listener = listenerOf(
      progress,
      choices.hold ? { people, enter: new EnterKey(io.stdin) } : undefined,
    )
    const found = await compare({ plan, choices }, listener, cleanUps)
    progress.end()
    const self = selfCommand(process.argv[1] ?? 'hutong', process.cwd())
    const next = suggest(found.mechanisms, choices.hold).map(
      ([command, does]) => [asCalled(command, self), does] as const,
    )
    io.stdout.write(
      json
        ? `${JSON.stringify(found, null, 2)}\n`
        : `${io.stdout.isTerminal ? '' : '\n'}${formatComparison(found, next, lookOf(io.stdout))}`,
    )
    return found
  } finally {
    undo()
    callOff()
    process.off('exit', undo)
  }
}

function listenerOf(
  progress: ProgressLine,
  holding: { readonly people: Output; readonly enter: EnterKey } | undefined,
): CompareListener {
  const listener: CompareListener = {
    reading: (done) => progress.reading(done),
    step: (step) => progress.step(step),
    row: (row) => progress.row(row),
  }
  if (holding === undefined) return listener
  const { people, enter } = holding
  return {
    ...listener,
    async hold(held, over) {
      progress.erase()
      const self = selfCommand(process.argv[1] ?? 'hutong', process.cwd())
      const commands = held.commands.map((command) => asCalled(command, self))
      people.write(formatHeld({ ...held, commands }, lookOf(people)))
      await enter.pressed(over)
    },
  }
}

function lookOf(output: Output): Look {
  return {
    columns: Math.min(output.columns ?? COLUMNS, COLUMNS),
    paint: (style, text) => output.paint(style, text),
  }
}
