// Random formats and values: print and scan answer as C's snprintf and sscanf do.
import assert from 'node:assert/strict'
import { comparePrints, compareScans, type PrintCase, type ScanCase } from '../layout/c-text.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

export const printSoak: Soak = {
  name: 'print-as-c',
  slice: 2,
  async round(random) {
    comparePrints(Array.from({ length: 600 }, () => printCase(random)))
  },
}

export const scanSoak: Soak = {
  name: 'scan-as-c',
  slice: 2,
  async round(random) {
    compareScans(Array.from({ length: 600 }, () => scanCase(random)))
  },
}

const SIZES = [0, 1, 2, 3, 5, 8, 13, 40, 100, 2000]
const LENGTHS = ['', '', 'hh', 'h', 'l', 'll', 'z', 'j', 't']

/** Flags C defines for a conversion. `#` of %g is left out: glibc loses the zeros of 999999.9 in `1.00000e+06`. */
const FLAGS: Readonly<Record<string, string>> = {
  ...{ d: '-+ 0', i: '-+ 0', u: '-0', c: '-', s: '-', o: '-#0', x: '-#0', X: '-#0' },
  ...{ f: '-+ #0', F: '-+ #0', e: '-+ #0', E: '-+ #0', g: '-+ 0', G: '-+ 0' },
}

function printCase(random: Random): PrintCase {
  const conversion = pick(random, 'ddiuuxxXoccsssfffffeEgGF'.split(''))
  const length = 'diuxXo'.includes(conversion) ? pick(random, LENGTHS) : ''
  const stars: number[] = []
  const width = amount(random, 30, stars)
  const precision = conversion === 'c' ? '' : dotted(amount(random, pick(random, [3, 10, 25, 400]), stars))
  const flags = (FLAGS[conversion] ?? '').split('').filter(() => below(random, 3) === 0)
  const directive = `%${flags.join('')}${width}${precision}${length}${conversion}`
  const around = () => pick(random, ['', '', '[', 'é ', '%%', '100%% '])
  const size = pick(random, SIZES)
  return {
    size,
    format: `${around()}${directive}${around()}`,
    stars,
    ...printValue(random, conversion, length),
  }
}

function printValue(random: Random, conversion: string, length: string): Pick<PrintCase, 'kind' | 'value'> {
  if (conversion === 's') {
    return { kind: 's', value: pick(random, ['', 'a', 'hello', 'né', '胡同 lane', 'x'.repeat(70)]) }
  }
  if (conversion === 'c') return { kind: 'i', value: below(random, 1000) - 300 }
  if (!'diuxXo'.includes(conversion)) return { kind: 'd', value: double(random) }
  const value = integer(random)
  if (!['', 'h', 'hh'].includes(length)) return { kind: 'l', value }
  return { kind: 'i', value: below(random, 2) === 0 ? value : Number(BigInt.asIntN(32, value)) }
}

/** A width or precision: none, digits, or a star whose value goes to `stars`. */
function amount(random: Random, most: number, stars: number[]): string {
  const kind = below(random, 6)
  if (kind < 2) return ''
  if (kind < 4) return String(1 + below(random, most))
  if (kind === 4) return most < 30 ? '0' : ''
  stars.push(below(random, 2 * most) - most)
  return '*'
}

function dotted(digits: string): string {
  return digits === '' ? '' : `.${digits}`
}

function integer(random: Random): bigint {
  const bits = BigInt.asIntN(64, (BigInt(below(random, 2 ** 32)) << 32n) | BigInt(below(random, 2 ** 32)))
  const near = (1n << BigInt(below(random, 65))) - BigInt(below(random, 3))
  return pick(random, [0n, BigInt(below(random, 100)), bits >> BigInt(below(random, 64)), near, -near])
}

function double(random: Random): number {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(below(random, 2 ** 32), 0)
  bytes.writeUInt32LE(below(random, 2 ** 32), 4)
  const any = bytes.readDoubleLE()
  const half = (below(random, 4000) - 2000) / 2 ** below(random, 8) // ties, for every precision
  const nice = (below(random, 2 ** 30) - 2 ** 29) / 10 ** below(random, 12)
  const nines = (10 ** below(random, 16) - 10 ** -below(random, 8)) * (below(random, 2) === 0 ? 1 : -1)
  const odd = pick(random, [
    0,
    -0,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    -Infinity,
    Infinity,
    2 ** -1022,
    2 ** 70,
  ])
  // The sign of NaN cannot be seen from JavaScript, so there is only the one that C prints without a sign.
  return pick(random, [Number.isNaN(any) ? Number.NaN : any, half, half, nice, nine(random), nines, odd])
}

function nine(random: Random): number {
  return 10 ** (below(random, 40) - 20) * (1 - 2 ** -53 * below(random, 3))
}

/**
 * Well-formed numbers of every form; or soup without the letters of prefixes and exponents. Left out is what breaks
 * off (`0x`, `1e`) and `nan(…)`: there the C library of Debian 12 differs from the standard and from later ones.
 */
function scanCase(random: Random): ScanCase {
  const soup = below(random, 2) === 0
  const parts = Array.from({ length: 1 + below(random, 4) }, () => scanPart(random, soup))
  const source = parts.map(({ text }) => text).join('')
  const format = parts.map(({ directive }) => directive).join('')
  if (BROKEN_OFF.test(source)) return scanCase(random)
  return { source: below(random, 8) === 0 ? source.slice(0, 1) : source, format, kinds: kindsOf(format) }
}

const BROKEN_OFF = /0[xX](?![0-9a-fA-F])|[0-9.][eE](?![-+]?[0-9])|[0-9a-fA-F.][pP](?![-+]?[0-9])/

const SOUP = [
  '0',
  '1',
  '7',
  '8',
  '9',
  '12',
  '-',
  '+',
  '.',
  ' ',
  '\t',
  '\n',
  'a',
  'f',
  'i',
  'n',
  'z',
  ',',
  ':',
  '%',
  'é',
]
const SETS = ['[a-z]', '[^ ]', '[0-9]', '[]x]', '[^]0]', '[-a]', '[a-]', '[z-a]', '[é]', '[^0-9.]']

function scanPart(random: Random, soup: boolean): { text: string; directive: string } {
  const conversion = pick(random, [...'ddiuxXosscfffffn%'.split(''), pick(random, SETS)])
  const gap = pick(random, ['', ' ', ',', ' : ', 'a', '%%'])
  const before = gap === '%%' ? '%' : gap
  if (conversion === 'n' || conversion === '%')
    return { text: conversion === 'n' ? '' : ' %', directive: `%${conversion}` }
  const star = below(random, 6) === 0 ? '*' : ''
  const width = soup && below(random, 2) === 0 ? String(1 + below(random, 9)) : ''
  const length = 'diuxXo'.includes(conversion)
    ? pick(random, LENGTHS)
    : conversion === 'f'
      ? pick(random, ['', 'l'])
      : ''
  const many = Array.from({ length: below(random, 6) }, () => pick(random, SOUP))
  const text = soup ? many.join('') : `${wellFormed(random, conversion)} `
  return { text: `${before}${text}`, directive: `${gap}%${star}${width}${length}${conversion}` }
}

function wellFormed(random: Random, conversion: string): string {
  const sign = pick(random, ['', '', '-', '+'])
  const value = integer(random)
  const magnitude = (value < 0n ? -value : value) * 10n ** BigInt(below(random, 3) * 9)
  if (conversion === 'f') return `${sign}${realText(random, magnitude)}`
  if (conversion === 'o') return `${sign}${magnitude.toString(8)}`
  if ('xXi'.includes(conversion))
    return `${sign}${pick(random, ['0x', '0X', '0'])}${magnitude.toString(16).replace(/^[a-f]+/, '')}0`
  return `${sign}${pick(random, ['', '00'])}${magnitude}`
}

function realText(random: Random, digits: bigint): string {
  const exponent = below(random, 2) === 0 ? '' : `${pick(random, ['e', 'E'])}${below(random, 700) - 380}`
  const long = '0123456789'.repeat(below(random, 90))
  const single = Math.fround(double(random))
  const between = Number.isFinite(single) ? halfway(single) : 'inf'
  return pick(random, [
    `${digits}${exponent}`,
    `${digits}.${below(random, 1e9)}${exponent}`,
    `.${below(random, 1e9)}${exponent}`,
    `${long}${digits}.${long}${exponent}`,
    `0x${digits.toString(16)}.${below(random, 2 ** 30).toString(16)}p${below(random, 2400) - 1200}`,
    `0X0.${long}${digits.toString(16)}`,
    String(Math.abs(double(random))).replace(
      'Infinity',
      pick(random, ['inf', 'INF', 'infinity', 'Infinity']),
    ),
    `${between}${pick(random, ['', '', '0000001'])}`,
    pick(random, ['nan', 'NaN']),
  ])
}

/** The exact middle of a float and its neighbour, in decimal: a tie, decided by what follows it. */
function halfway(single: number): string {
  const floats = Float32Array.of(Math.abs(single))
  const view = new DataView(floats.buffer)
  view.setUint32(0, view.getUint32(0, true) + 1, true)
  const middle = (Math.abs(single) + (floats[0] ?? 0)) / 2
  return Number.isFinite(middle) ? exactText(middle) : 'inf'
}

function exactText(value: number): string {
  let scale = 0
  for (let rest = value; !Number.isInteger(rest); rest *= 2) scale++
  const digits = BigInt(value * 2 ** scale) * 5n ** BigInt(scale)
  const text = digits.toString().padStart(scale + 1, '0')
  return scale === 0 ? `${text}.` : `${text.slice(0, -scale)}.${text.slice(-scale)}`
}

const KINDS: Readonly<Record<string, string>> = { hh: 'b', h: 'h', '': 'i' }

function kindsOf(format: string): string {
  const kinds = [...format.matchAll(/%(\*?)[0-9]*(hh|h|ll|l|j|z|t)?(\[\^?\]?[^\]]*\]|[a-zA-Z%])/g)]
  return kinds.map(([, star, length = '', conversion = '']) => kindOf(star, length, conversion)).join('')
}

function kindOf(star: string | undefined, length: string, conversion: string): string {
  if (star === '*' || conversion === '%') return ''
  if (conversion === 'f') return length === 'l' ? 'd' : 'f'
  if (conversion === 'n') return 'n'
  if (!'diuxXo'.includes(conversion)) return 't'
  const kind = KINDS[length] ?? 'l'
  return 'di'.includes(conversion) ? kind : kind.toUpperCase()
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)]
  assert.ok(item !== undefined)
  return item
}
