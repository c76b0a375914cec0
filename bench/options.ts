// The command line.
import { parseArgs } from 'node:util'
import type { Case } from './case.ts'

export const help = `usage: npm run bench -- [options]

Measures hutong against a C program that does the same work (and against Node's own streams, and npm packages), each
trial with processes of its own, in interleaved triples. A full run takes about an hour.

  --case PATTERN   only the cases whose name matches this regular expression; may be given several times
  --list           print the names of the cases and stop
  --triples N      steady triples for each case (9; fewer give no verdict)
  --quick          3 triples of short trials: a look, no verdict
  --cycles N       create/use/close cycles of each object (100000; 2000 with --quick)
  --out FILE       where the report goes (build/bench/report.json)
  --json           print the report instead of the tables
  --markdown       print the tables as Markdown
  --help           print this
`

export interface Options {
  readonly patterns: readonly RegExp[]
  readonly quick: boolean
  readonly triples: number
  readonly mostTriples: number
  readonly seconds: number
  readonly cycles: number
  readonly out: string
  readonly format: 'text' | 'json' | 'markdown'
  readonly action: 'run' | 'list' | 'help'
}

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {}

const flags = {
  case: { type: 'string', multiple: true },
  list: { type: 'boolean', default: false },
  triples: { type: 'string' },
  quick: { type: 'boolean', default: false },
  cycles: { type: 'string' },
  out: { type: 'string', default: 'build/bench/report.json' },
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

function takeCount(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 1e9) return count
  throw new UsageError(`--${name} must be a whole number from 1, not ${text}`)
}

function takePattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new UsageError(`--case ${text} is not a regular expression`)
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : `${error}`)
  }
}

/** Unsteady triples are repeated, up to as many again as were asked for. */
const REPEATS = 2

export function takeOptions(args: readonly string[]): Options {
  const given = parse(args)
  if (given.json && given.markdown) throw new UsageError('--json and --markdown exclude each other')
  const triples = takeCount('triples', given.triples, given.quick ? 3 : 9)
  const chosen = given.json ? 'json' : 'text'
  const asked = given.list ? 'list' : 'run'
  return {
    patterns: (given.case ?? []).map(takePattern),
    quick: given.quick,
    triples,
    mostTriples: triples * REPEATS,
    seconds: given.quick ? 0.03 : 0.1,
    cycles: takeCount('cycles', given.cycles, given.quick ? 2000 : 100_000),
    out: given.out,
    format: given.markdown ? 'markdown' : chosen,
    action: given.help ? 'help' : asked,
  }
}

/** The cases that one of the patterns matches; all where there is none. */
export function choose(all: readonly Case[], patterns: readonly RegExp[]): Case[] {
  return all.filter(({ name }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)))
}
