// The options of an address: `?mode=0600&type=7`.
import { nearest } from './nearest.ts'
import type { Option } from './option.ts'
import { decode, encodeValue } from './percent.ts'
import type { Span } from './span.ts'

/** Options as the parser sees them, whatever the scheme. */
export type AnyOptions = Readonly<Record<string, unknown>>
export type AnyTable = Readonly<Record<string, Option<unknown>>>

export interface Query {
  readonly options: AnyOptions
  /** Where each option was named. */
  readonly names: ReadonlyMap<string, Span>
}

/** Reads what follows the question mark. */
export function readQuery(query: Span | undefined, scheme: string, table: AnyTable): Query {
  const options: Record<string, unknown> = {}
  const names = new Map<string, Span>()
  for (const part of query === undefined ? [] : parts(query)) {
    const { name, value } = pair(part)
    const option = known(name, scheme, table)
    if (names.has(name.text)) name.fail(`the option ${name.text} is there twice`)
    names.set(name.text, name)
    options[name.text] = option.read(decode(value))
  }
  return { options, names }
}

/** The text `readQuery` reads back, with its question mark; empty without options. */
export function printQuery(options: AnyOptions, table: AnyTable): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const option = Object.hasOwn(table, name) ? table[name] : undefined
    pairs.push(
      `${encodeValue(name)}=${encodeValue(option === undefined ? String(value) : option.print(value))}`,
    )
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function* parts(query: Span): Generator<Span> {
  let at = 0
  for (const text of query.text.split('&')) {
    if (text === '') query.slice(at).fail('an option is missing here: write name=value')
    yield query.slice(at, at + text.length)
    at += text.length + 1
  }
}

function pair(part: Span): { name: Span; value: Span } {
  const equals = part.text.indexOf('=')
  if (equals < 0) part.fail(`the option needs a value: ${part.text}=…`, part.text.length)
  if (equals === 0) part.fail('the name of the option is missing before =')
  return { name: part.slice(0, equals), value: part.slice(equals + 1) }
}

function known(name: Span, scheme: string, table: AnyTable): Option<unknown> {
  const option = Object.hasOwn(table, name.text) ? table[name.text] : undefined
  if (option !== undefined) return option
  const all = Object.keys(table)
  const meant = nearest(name.text, all)
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  const takes = all.length === 0 ? `${scheme} takes no options` : `${scheme} takes ${all.join(', ')}`
  return name.fail(`unknown option${hint}: ${takes}`)
}
