// The same print or scan done by C and by us, compared.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { type PrintValue, print, type ScanValue, scan } from '#src/layout/index.ts'
import { compile } from '../support/compile.ts'

/** One conversion at most, with text around it. */
export interface PrintCase {
  readonly size: number
  readonly format: string
  /** How C passes the value: `-` none, int, long, double, string. */
  readonly kind: '-' | 'i' | 'l' | 'd' | 's'
  readonly stars: readonly number[]
  readonly value?: PrintValue
}

export interface ScanCase {
  readonly source: string
  readonly format: string
  /** A letter for each conversion that assigns; see test/fixtures/printf-peer.c. */
  readonly kinds: string
}

/** Throws when C prints anything else into a buffer of the same size, or beyond it. */
export function comparePrints(cases: readonly PrintCase[]): void {
  const answers = ask(cases.map(printLine))
  cases.forEach((one, index) => {
    const values = one.value === undefined ? one.stars : [...one.stars, one.value]
    const buffer = Buffer.alloc(one.size + 1, 0xaa)
    const length = print(buffer.subarray(0, one.size), one.format, ...values)
    assert.equal(`${length} ${buffer.toString('hex')}`, answers[index], explain(one))
  })
}

/** Throws when C reads anything else. */
export function compareScans(cases: readonly ScanCase[]): void {
  const answers = ask(
    cases.map(({ source, format, kinds }) => `S ${hex(source)} ${hex(format)} ${kinds || '-'}`),
  )
  cases.forEach((one, index) => {
    const found = scan(Buffer.from(one.source), one.format)
    assert.deepEqual(found, expected(answers[index] ?? '', one.kinds), explain(one))
  })
}

function printLine({ size, format, kind, stars, value }: PrintCase): string {
  const shown = typeof value === 'number' && kind === 'd' ? bits(value) : plain(value, kind)
  return ['P', size, hex(format), kind, ...stars, shown].join(' ')
}

function plain(value: PrintValue | undefined, kind: string): string {
  if (value === undefined) return ''
  if (kind === 's') return hex(value as string)
  if (kind === 'l') return BigInt.asUintN(64, BigInt(value as number)).toString(16)
  return String(BigInt.asIntN(32, BigInt(value as number)))
}

/** What C answered, in the form of our result. */
function expected(answer: string, kinds: string): ScanValue[] | null {
  const [result = '', ...values] = answer.split(' ')
  if (result === '-1') return null
  let converted = 0
  return values.flatMap((value, index) => {
    const kind = kinds.charAt(index)
    const reached = kind === 'n' ? value !== '-1' : converted++ < Number(result)
    return reached ? [decode(value, kind)] : []
  })
}

function decode(value: string, kind: string): ScanValue {
  if (kind === 't') return Buffer.from(value === '-' ? '' : value, 'hex').toString()
  if (kind === 'f') return Buffer.from(value.padStart(8, '0'), 'hex').readFloatBE()
  if (kind === 'd') return Buffer.from(value.padStart(16, '0'), 'hex').readDoubleBE()
  return kind === 'l' || kind === 'L' ? BigInt(value) : Number(value)
}

function ask(lines: readonly string[]): string[] {
  const program = compile('printf-peer.c')
  const input = lines.map((line) => `${line}\n`).join('')
  const output = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
  const answers = output.trimEnd().split('\n')
  assert.equal(answers.length, lines.length)
  return answers
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex') || '-'
}

function bits(value: number): string {
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleBE(value)
  return buffer.toString('hex')
}

function explain(one: PrintCase | ScanCase): string {
  return JSON.stringify(one, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
