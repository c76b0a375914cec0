// The arguments of one command: options and operands, every slip a UsageError that names it.
import { parseArgs } from 'node:util'
import { nearest } from '../address/nearest.ts'
import { UsageError } from './exit.ts'
import type { OptionSpec, OptionSpecs } from './options.ts'

/** Every command has it. */
export const HELP: OptionSpec = { type: 'boolean', short: 'h', help: 'this help' }

/** What was given. Asking for an option that the command does not declare is a programming error. */
export class ParsedArguments {
  /** What is not an option, in order. */
  readonly operands: readonly string[]
  readonly #specs: OptionSpecs
  readonly #given: ReadonlyMap<string, readonly string[]>

  constructor(
    operands: readonly string[],
    given: ReadonlyMap<string, readonly string[]>,
    specs: OptionSpecs,
  ) {
    this.operands = operands
    this.#given = given
    this.#specs = specs
  }

  /** Whether the option was given. */
  flag(name: string): boolean {
    return this.values(name).length > 0
  }

  /** The value of a string option; the last one, if it was given more than once. */
  value(name: string): string | undefined {
    return this.values(name).at(-1)
  }

  /** All values of an option that may be repeated. */
  values(name: string): readonly string[] {
    if (!(name in this.#specs)) throw new Error(`option --${name} is not declared`)
    return this.#given.get(name) ?? []
  }

  /** The value as a whole decimal number within the bounds. */
  number(name: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.value(name)
    if (text === undefined) return undefined
    const number = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (number >= bounds.min && number <= bounds.max) return number
    throw new UsageError(
      `--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not '${text}'`,
    )
  }
}

/** Whether the words ask for help, however wrong the rest of them is. */
export function asksForHelp(words: readonly string[], specs: OptionSpecs): boolean {
  return tokensOf(words, specs).some((token) => token.kind === 'option' && token.name === 'help')
}

/** Reads the words after the command's name. Throws UsageError: unknown option, value missing or superfluous. */
export function readArguments(words: readonly string[], specs: OptionSpecs): ParsedArguments {
  const given = new Map<string, string[]>()
  const operands: string[] = []
  for (const token of tokensOf(words, specs)) {
    if (token.kind === 'positional') operands.push(unguarded(token.value))
    if (token.kind !== 'option') continue
    const value = checked(token, specs)
    given.set(token.name, [...(given.get(token.name) ?? []), value])
  }
  return new ParsedArguments(operands, given, specs)
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function checked(token: OptionToken, specs: OptionSpecs): string {
  const { name, rawName } = token
  const value = token.value === undefined ? undefined : unguarded(token.value)
  const spec = name === 'help' ? HELP : Object.hasOwn(specs, name) ? specs[name] : undefined
  if (spec === undefined) {
    const near = rawName.startsWith('--') ? nearest(name, [...Object.keys(specs), 'help']) : undefined
    throw new UsageError(`unknown option ${rawName}${near === undefined ? '' : `; did you mean --${near}?`}`)
  }
  if (spec.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`)
    return ''
  }
  if (value === undefined)
    throw new UsageError(`${rawName} needs a value: ${rawName} ${spec.value ?? 'VALUE'}`)
  if (spec.choices !== undefined && !spec.choices.includes(value) && spec.list !== true) {
    throw new UsageError(`${rawName} is one of ${spec.choices.join(', ')}, not '${value}'`)
  }
  return value
}

/** `-?framing=length` is an address, not a handful of options; no argument of a process holds a NUL. */
const GUARD = '\0'

function unguarded(word: string): string {
  return word.startsWith(GUARD) ? word.slice(GUARD.length) : word
}

function tokensOf(words: readonly string[], specs: OptionSpecs) {
  const options: Record<string, { type: 'boolean' | 'string'; short?: string; multiple: boolean }> = {}
  for (const [name, spec] of Object.entries({ ...specs, help: HELP })) {
    options[name] = {
      type: spec.type,
      multiple: true,
      ...(spec.short === undefined ? {} : { short: spec.short }),
    }
  }
  const args = words.map((word) => (word.startsWith('-?') ? GUARD + word : word))
  // Not strict: its messages speak to programmers. `checked` says the same things to users.
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens
}
