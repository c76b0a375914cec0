// %f and %lf, read as strtof(3) and strtod(3) do.
import { DOUBLE, type FloatType, nearest, SINGLE } from './nearest.ts'
import { type Reader, Window } from './reader.ts'
import type { ScanDirective } from './scan-format.ts'

/** Significant digits that can decide how a number is rounded; all after them count as "a little more". */
const DECISIVE = 800

/** The number at hand; undefined, if there is none. */
export function scanFloat(reader: Reader, directive: ScanDirective): number | undefined {
  const window = new Window(reader, directive.width)
  const negative = window.take(/[-+]/) === '-'
  const magnitude = takeMagnitude(window, directive.length === 'l' ? DOUBLE : SINGLE)
  return negative && magnitude !== undefined ? -magnitude : magnitude
}

function takeMagnitude(window: Window, type: FloatType): number | undefined {
  if (/[iI]/.test(window.next)) return takeInfinity(window)
  if (/[nN]/.test(window.next)) return takeNaN(window)
  const zero = window.take(/0/)
  if (zero !== '' && window.take(/[xX]/) !== '') return takeNumber(window, '', type, 16)
  return takeNumber(window, zero, type, 10)
}

function takeInfinity(window: Window): number | undefined {
  if (!window.takeWord('inf')) return undefined
  return !/[iI]/.test(window.next) || window.takeWord('inity') ? Number.POSITIVE_INFINITY : undefined
}

function takeNaN(window: Window): number | undefined {
  if (!window.takeWord('nan')) return undefined
  if (window.take(/\(/) === '') return Number.NaN
  window.takeAll(/\w/)
  return window.take(/\)/) === '' ? undefined : Number.NaN
}

function takeNumber(window: Window, leading: string, type: FloatType, base: 10 | 16): number | undefined {
  const digit = base === 10 ? /[0-9]/ : /[0-9A-Fa-f]/
  const whole = leading + window.takeAll(digit)
  const fraction = window.take(/\./) === '' ? '' : window.takeAll(digit)
  if (whole === '' && fraction === '') return undefined
  let exponent = 0
  if (window.take(base === 10 ? /[eE]/ : /[pP]/) !== '') {
    const minus = window.take(/[-+]/) === '-'
    const digits = window.takeAll(/[0-9]/)
    if (digits === '') return undefined
    exponent = Math.min(Number(digits), 2 ** 40) * (minus ? -1 : 1)
  }
  const perDigit = base === 10 ? 1 : 4
  const scaled = significant(whole + fraction)
  const power = exponent - perDigit * (fraction.length - scaled.dropped)
  const mantissa = BigInt(`${base === 10 ? '' : '0x'}${scaled.digits || '0'}`)
  return nearest({ mantissa, base: base === 10 ? 10 : 2, exponent: power }, type)
}

/** The digits without leading zeros, and without those that cannot matter one by one. */
function significant(digits: string): { digits: string; dropped: number } {
  const rest = digits.replace(/^0+/, '')
  if (rest.length <= DECISIVE) return { digits: rest, dropped: 0 }
  const more = /[^0]/.test(rest.slice(DECISIVE)) ? '1' : '0'
  return { digits: rest.slice(0, DECISIVE) + more, dropped: rest.length - DECISIVE - 1 }
}
