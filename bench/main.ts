// `npm run bench`: runs the chosen cases, prints the tables, writes the report.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { runChannel } from './channel.ts'
import { runCost } from './channel-cost.ts'
import { compile, root } from './compile.ts'
import { type Effort, runContest } from './contest.ts'
import { runCycles } from './cycles.ts'
import { fingerprint } from './fingerprint.ts'
import { runInside } from './inside.ts'
import { describeMachine, type Machine } from './machine.ts'
import { choose, help, type Options, takeOptions, UsageError } from './options.ts'
import { obstacle } from './possible.ts'
import { asMarkdown, asText } from './print.ts'
import { stopAll } from './process.ts'
import { progressOn } from './progress.ts'
import type { Report, Result } from './report.ts'
import { runSingle } from './single.ts'
import { MOST_DRIFT } from './statistics.ts'
import { runWaiting } from './waiting.ts'

let interrupted = false

async function runCase(
  one: Case,
  cpus: readonly number[],
  effort: Effort & { cycles: number },
): Promise<Result> {
  const why = obstacle(one, cpus)
  if (why !== undefined || one.kind === 'unmeasured')
    return { kind: 'skipped', name: one.name, why: why ?? '' }
  try {
    if (one.kind === 'waiting') return await runWaiting(one, effort)
    if (one.kind === 'single') return await runSingle(one, effort)
    if (one.kind === 'channel') return await runChannel(one, cpus, effort)
    if (one.kind === 'cost') return await runCost(one)
    if (one.kind === 'cycles') return await runCycles(one, effort.cycles)
    return await runContest({ contest: one, cpus }, effort)
  } catch (error) {
    return { kind: 'failed', name: one.name, why: error instanceof Error ? error.message : `${error}` }
  }
}

async function runAll(chosen: readonly Case[], options: Options, machine: Machine): Promise<Result[]> {
  const progress = progressOn(process.stderr)
  const results: Result[] = []
  for (const one of chosen) {
    if (interrupted) break
    const place = `${results.length + 1} of ${chosen.length}  ${one.name}`
    progress.show(place)
    const onTriple = (kept: number, thrown: number): void =>
      progress.show(
        `${place}  triple ${kept} of ${options.triples}${thrown > 0 ? `, ${thrown} thrown away` : ''}`,
      )
    const { triples, mostTriples: most, seconds, cycles } = options
    const result = await runCase(one, machine.cpus, { triples, most, seconds, cycles, onTriple })
    if (!interrupted) results.push(result)
  }
  progress.clear()
  return results
}

async function run(chosen: readonly Case[], options: Options): Promise<Report> {
  compile()
  const start = performance.now()
  const machine = describeMachine(root)
  const build = fingerprint()
  const date = new Date().toISOString()
  const results = await runAll(chosen, options, machine)
  return {
    tool: 'hutong bench',
    version: 1,
    date,
    quick: options.quick,
    triples: options.triples,
    mostTriples: options.mostTriples,
    trialSeconds: options.seconds,
    mostDrift: MOST_DRIFT,
    machine,
    oneBuild: fingerprint() === build,
    results,
    seconds: (performance.now() - start) / 1000,
  }
}

const printers: Readonly<Record<Options['format'], (report: Report) => string>> = {
  text: asText,
  markdown: asMarkdown,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
}

async function main(): Promise<number> {
  const options = takeOptions(process.argv.slice(2))
  if (options.action === 'help') {
    process.stdout.write(help)
    return 0
  }
  const chosen = choose(cases, options.patterns)
  if (chosen.length === 0) throw new UsageError('no case has such a name; --list prints them all')
  if (options.action === 'list') {
    process.stdout.write(chosen.map(({ name }) => `${name}\n`).join(''))
    return 0
  }
  const inside = await runInside(chosen)
  if (inside !== undefined) return inside
  const report = await run(chosen, options)
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, `${JSON.stringify(report, undefined, 2)}\n`)
  process.stdout.write(printers[options.format](report))
  if (interrupted) return 130
  return report.results.some(({ kind }) => kind === 'failed') ? 1 : 0
}

process.once('SIGINT', () => {
  interrupted = true
  stopAll()
})

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
