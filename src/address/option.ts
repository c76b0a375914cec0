// What the value of an option may be.
import { Buffer } from 'node:buffer'
import type { FramingName, Seal } from './address.ts'
import { printSize, type Range, rangeText, readDecimal, readOctal, readSize } from './number.ts'
import type { Span } from './span.ts'

/** One option of a scheme: how its value is read, printed and explained. */
export interface Option<T> {
  /** What a value looks like: `0 to 255`. */
  readonly form: string
  readonly summary: string
  read(value: Span): T
  print(value: T): string
}

/** The options of a scheme, by name. */
export type OptionTable<O> = { readonly [K in keyof O]-?: Option<Exclude<O[K], undefined>> }

const SEALS: readonly Seal[] = ['seal', 'shrink', 'grow', 'write', 'future-write', 'exec']

/** A length prefix has 32 bits, so no message is longer. */
const MAX_MESSAGE = 2 ** 32 - 1

export function integer(min: number, max: number, summary: string): Option<number> {
  const range: Range = { what: 'the value', min, max }
  return { form: rangeText(range), summary, read: (value) => readDecimal(value, range), print: String }
}

export function bytes(min: number, max: number, summary: string): Option<number> {
  const range: Range = { what: 'the size', min, max }
  const form = `${printSize(min)} to ${printSize(max)}, suffixes K, M, G`
  return { form, summary, read: (value) => readSize(value, range), print: printSize }
}

export function octal(summary: string): Option<number> {
  const range: Range = { what: 'a mode', min: 0, max: 0o777 }
  return {
    form: 'octal, 0 to 0777',
    summary,
    read: (value) => readOctal(value, range),
    print: (value) => `0${value.toString(8).padStart(3, '0')}`,
  }
}

export function oneOf<T extends string>(names: readonly T[], summary: string): Option<T> {
  return { form: names.join(' | '), summary, read: (value) => member(value, names), print: String }
}

/** Some words of the user's own: at most 255 bytes, all visible. */
export function words(summary: string): Option<string> {
  const read = (value: Span): string => {
    if (value.text === '') value.fail('a name is missing')
    const stray = value.text.search(/[\p{C}\p{Z}]/u)
    if (stray >= 0) value.fail('no blanks or control characters here', stray)
    if (Buffer.byteLength(value.text) > 255) value.fail('a name is at most 255 bytes')
    return value.text
  }
  return { form: 'a name without blanks', summary, read, print: String }
}

export function signalName(summary: string): Option<string> {
  const form = 'SIGUSR1, USR1, SIGRTMIN+1'
  const read = (value: Span): string => {
    const name = value.text.startsWith('SIG') ? value.text.slice(3) : value.text
    const known = /^(RTMIN(\+[1-9][0-9]?)?|RTMAX(-[1-9][0-9]?)?|[A-Z][A-Z0-9]{1,9})$/.test(name)
    return known ? `SIG${name}` : value.fail(`a signal is named as in signal(7): ${form}`)
  }
  return { form, summary, read, print: String }
}

export function framing(summary: string): Option<FramingName> {
  const plain = ['length', 'lines', 'none'] as const
  const range: Range = { what: 'the length of fixed messages', min: 1, max: MAX_MESSAGE }
  const read = (value: Span): FramingName => {
    if (value.text === 'fixed') value.fail('write the length of every message: fixed:64', 5)
    if (!value.text.startsWith('fixed:')) return member(value, plain, ' | fixed:N')
    return `fixed:${readDecimal(value.slice(6), range)}`
  }
  return { form: 'length | lines | fixed:N | none', summary, read, print: String }
}

export function limit(summary: string): Option<number> {
  return bytes(1, MAX_MESSAGE, summary)
}

/** Seals in the order of `SEALS`, joined by commas. */
export function seals(summary: string): Option<readonly Seal[]> {
  const read = (value: Span): readonly Seal[] => {
    const found = new Set<Seal>()
    let at = 0
    for (const name of value.text.split(',')) {
      const part = value.slice(at, at + name.length)
      const seal = member(part, SEALS)
      if (found.has(seal)) part.fail(`the seal ${seal} is there twice`)
      found.add(seal)
      at += name.length + 1
    }
    return SEALS.filter((seal) => found.has(seal))
  }
  return {
    form: `${SEALS.join(', ')}; several with commas`,
    summary,
    read,
    print: (value) => value.join(','),
  }
}

function member<T extends string>(value: Span, names: readonly T[], more = ''): T {
  const found = names.find((name) => name === value.text)
  return found ?? value.fail(`write one of ${names.join(' | ')}${more}`)
}
