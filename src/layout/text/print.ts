// snprintf(3) over bytes.
import { Buffer } from 'node:buffer'
import { BLANK, type Field, type Fill, fieldLength, NO_FILL, Sink, ZERO } from './field.ts'
import { floatRuns } from './print-float.ts'
import { badFormat, type Directive, INT_MAX, type Piece, parsePrintFormat } from './print-format.ts'
import { integerField } from './print-integer.ts'

/** What a conversion takes; `%s` of bytes ends at their first NUL, as a C string. */
export type PrintValue = number | bigint | string | Uint8Array

/**
 * Writes formatted text into `target` as snprintf(3) does: at most `target.length - 1` bytes and a NUL (nothing into
 * an empty target). Gives the bytes the whole text has without its NUL, so `print(…) >= target.length` means it was
 * cut, at a byte. Nothing is written when it throws.
 *
 * Conversions: `d i u x X o c s f F e E g G %`, with flags `-+ 0#`, width and precision (`*` takes a value), and for
 * integers the lengths `hh h l ll z j t`. An integer wraps to its C type (int, without a length), `%f` is exact.
 *
 * @throws TypeError for an unknown conversion, or values that are too few, too many, or of the wrong type
 * @throws RangeError for a width or a text beyond 2^31 - 1 bytes, where C answers EOVERFLOW
 */
export function print(target: Uint8Array, format: string, ...values: readonly PrintValue[]): number {
  if (!(target instanceof Uint8Array)) throw new TypeError('target must be a Uint8Array')
  if (typeof format !== 'string') throw new TypeError('format must be a string')
  const given = new Values(format, values)
  const placed = parsePrintFormat(format).map((piece) => place(piece, given))
  given.end()
  const length = placed.reduce((sum, { field, fill }) => sum + Math.max(fieldLength(field), fill.width), 0)
  if (length > INT_MAX) throw new RangeError(`the text would have ${length} bytes, more than ${INT_MAX}`)
  const sink = new Sink(target)
  for (const { field, fill } of placed) sink.put(field, fill)
  sink.end()
  return length
}

function place(piece: Piece, given: Values): { field: Field; fill: Fill } {
  if (piece instanceof Uint8Array) return { field: { sign: '', runs: [piece], zeros: false }, fill: NO_FILL }
  const width = piece.width === '*' ? given.amount(piece) : (piece.width ?? 0)
  const asked = piece.precision === '*' ? given.amount(piece) : piece.precision
  const field = convert(piece, asked !== undefined && asked < 0 ? undefined : asked, given)
  if (piece.left || width < 0) return { field, fill: { width: Math.abs(width), side: 'right', byte: BLANK } }
  return { field, fill: { width, side: 'left', byte: piece.zero && field.zeros ? ZERO : BLANK } }
}

function convert(directive: Directive, precision: number | undefined, given: Values): Field {
  const { conversion, length, alternate } = directive
  const positive = directive.plus ? '+' : directive.space ? ' ' : ''
  if (conversion === 'c') return { sign: '', runs: [given.character(directive)], zeros: false }
  if (conversion === 's') return { sign: '', runs: [given.string(directive, precision)], zeros: false }
  if ('diuoxX'.includes(conversion)) {
    return integerField(given.integer(directive), { conversion, length, precision, alternate, positive })
  }
  const value = given.float(directive)
  const negative = value < 0 || Object.is(value, -0)
  const runs = floatRuns(value, { conversion, precision, alternate })
  return { sign: negative ? '-' : positive, runs, zeros: Number.isFinite(value) }
}

/** The values, taken one after the other, each checked for the conversion that takes it. */
class Values {
  readonly #format: string
  readonly #values: readonly PrintValue[]
  #taken = 0

  constructor(format: string, values: readonly PrintValue[]) {
    this.#format = format
    this.#values = values
  }

  /** A width or precision. */
  amount(directive: Directive): number {
    const value = Number(this.integer(directive))
    if (Math.abs(value) > INT_MAX) throw new RangeError(`* in ${directive.text} is at most ${INT_MAX}`)
    return value
  }

  integer(directive: Directive): bigint {
    const value = this.#next(directive)
    if (typeof value === 'bigint') return value
    return Number.isInteger(value) ? BigInt(value as number) : this.#wrong(directive, 'an integer')
  }

  float(directive: Directive): number {
    const value = this.#next(directive)
    return typeof value === 'number' ? value : this.#wrong(directive, 'a number')
  }

  /** One byte: a number, of which C keeps the low eight bits, or an ASCII character. */
  character(directive: Directive): Uint8Array {
    const value = this.#next(directive)
    if (typeof value === 'string' && /^\p{ASCII}$/u.test(value)) return Buffer.from(value)
    if (typeof value === 'bigint') return Uint8Array.of(Number(BigInt.asUintN(8, value)))
    if (Number.isInteger(value)) return Uint8Array.of(Number(BigInt.asUintN(8, BigInt(value as number))))
    return this.#wrong(directive, 'an integer or one ASCII character')
  }

  /** The bytes up to a NUL, at most `max`; a copy, since they may lie in the memory that is printed into. */
  string(directive: Directive, max: number | undefined): Uint8Array {
    const value = this.#next(directive)
    const isBytes = value instanceof Uint8Array
    if (typeof value !== 'string' && !isBytes) return this.#wrong(directive, 'a string or bytes')
    const copy = isBytes
      ? Uint8Array.prototype.slice.call(value, 0, max)
      : Buffer.from(value).subarray(0, max)
    const nul = copy.indexOf(0)
    return nul < 0 ? copy : copy.subarray(0, nul)
  }

  /** C ignores values that no conversion takes; they are a mistake, so this does not. */
  end(): void {
    const spare = this.#values.length - this.#taken
    if (spare === 0) return
    throw badFormat(this.#format, this.#format.length, `${spare} more values than the format takes`)
  }

  #next(directive: Directive): PrintValue | undefined {
    if (this.#taken === this.#values.length) {
      throw badFormat(this.#format, directive.at, `no value is left for ${directive.text}`)
    }
    return this.#values[this.#taken++]
  }

  #wrong(directive: Directive, wanted: string): never {
    const reason = `value ${this.#taken} for ${directive.text} must be ${wanted}`
    throw badFormat(this.#format, directive.at, reason)
  }
}
