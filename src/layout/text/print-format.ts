// The format of `print`, cut into what is copied and what is converted.
import { Buffer } from 'node:buffer'
import { remember } from './remember.ts'

/** `int` of C; nothing printed is longer. */
export const INT_MAX = 2 ** 31 - 1

export interface Directive {
  /** As written, and where in the format: for messages. */
  readonly text: string
  readonly at: number
  readonly left: boolean
  readonly plus: boolean
  readonly space: boolean
  readonly alternate: boolean
  readonly zero: boolean
  /** `*` takes a value. */
  readonly width: number | '*' | undefined
  readonly precision: number | '*' | undefined
  readonly length: string
  readonly conversion: string
}

export type Piece = Directive | Uint8Array

const DIRECTIVE = /%([-+ 0#]*)(\*|[0-9]+)?(?:\.(\*|[0-9]*))?(hh|h|ll|l|j|z|t)?([A-Za-z])/y
const INTEGER = /^(hh|h|ll|l|j|z|t)?[diuxXo]$/
const FLOAT = /^l?[feEgGF]$/
const TEXT = /^[cs]$/

/** @throws TypeError that names the position of what is wrong */
export const parsePrintFormat = remember(cut)

function cut(format: string): readonly Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  let at = 0
  while (at < format.length) {
    const percent = format.indexOf('%', at)
    if (percent < 0 || format[percent + 1] === '%') {
      literal += percent < 0 ? format.slice(at) : format.slice(at, percent + 1)
      at = percent < 0 ? format.length : percent + 2
      continue
    }
    literal += format.slice(at, percent)
    const directive = parseDirective(format, percent)
    if (literal !== '') pieces.push(Buffer.from(literal))
    literal = ''
    pieces.push(directive)
    at = percent + directive.text.length
  }
  if (literal !== '') pieces.push(Buffer.from(literal))
  return pieces
}

function parseDirective(format: string, at: number): Directive {
  DIRECTIVE.lastIndex = at
  const found = DIRECTIVE.exec(format)
  if (found === null) throw badFormat(format, at, 'no conversion follows the % (write %% for a percent sign)')
  const [text, flags = '', width, precision, length = '', conversion = ''] = found
  const kind = `${length}${conversion}`
  if (!INTEGER.test(kind) && !FLOAT.test(kind) && !TEXT.test(kind)) {
    throw badFormat(format, at, `unknown conversion ${text}`)
  }
  return {
    text,
    at,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    alternate: flags.includes('#'),
    zero: flags.includes('0'),
    width: amount(width, 'the width', text),
    precision: amount(precision, 'the precision', text),
    length,
    conversion,
  }
}

function amount(digits: string | undefined, what: string, directive: string): number | '*' | undefined {
  if (digits === undefined || digits === '*') return digits
  if (Number(digits) > INT_MAX) throw new RangeError(`${what} in ${directive} is at most ${INT_MAX}`)
  return Number(digits)
}

/** The error for a format that cannot be used. */
export function badFormat(format: string, at: number, reason: string): TypeError {
  return new TypeError(`${reason}, at position ${at} of the format ${JSON.stringify(format)}`)
}
