// sscanf(3) over bytes.
import { Buffer } from 'node:buffer'
import { isBlank, Reader } from './reader.ts'
import { scanFloat } from './scan-float.ts'
import { parseScanFormat, type ScanDirective, type ScanPiece } from './scan-format.ts'
import { scanInteger } from './scan-integer.ts'

/** What a conversion gives: a bigint for 64-bit integers, a string for `%s %c %[`, a number otherwise. */
export type ScanValue = number | bigint | string

/** The text ended before the piece; the text differs from it. */
type Failure = 'end' | 'mismatch'

/**
 * Reads formatted text as sscanf(3) does, up to the first NUL of `source` or its end. Gives what was converted before
 * the first mismatch: `[]` when that came first. `null`, where sscanf gives EOF: the text ended before anything was
 * converted.
 *
 * Conversions: `d i u x X o f e g a c s [] n %`, with `*`, width, and the lengths `hh h l ll z j t`; lengths of 64
 * bits give a bigint. `%f` is a float and `%lf` a double, as in C. Text is taken for UTF-8.
 *
 * @throws TypeError for a format it cannot follow
 */
export function scan(source: Uint8Array, format: string): ScanValue[] | null {
  if (!(source instanceof Uint8Array)) throw new TypeError('source must be a Uint8Array')
  if (typeof format !== 'string') throw new TypeError('format must be a string')
  const reader = new Reader(source)
  const values: ScanValue[] = []
  let converted = 0
  for (const piece of parseScanFormat(format)) {
    const found = step(reader, piece)
    if (found === 'end' && converted === 0) return null
    if (found === 'end' || found === 'mismatch') break
    if (found === undefined || piece.kind !== 'convert' || piece.suppress) continue
    values.push(found.value)
    if (piece.conversion !== 'n') converted++
  }
  return values
}

function step(reader: Reader, piece: ScanPiece): { value: ScanValue } | Failure | undefined {
  if (piece.kind === 'blank') {
    reader.skipBlanks()
    return undefined
  }
  if (piece.kind === 'convert') return convert(reader, piece)
  if (piece.skip) reader.skipBlanks()
  if (reader.ended) return 'end'
  if (reader.byte !== piece.byte) return 'mismatch'
  reader.advance()
  return undefined
}

function convert(reader: Reader, directive: ScanDirective): { value: ScanValue } | Failure {
  const { conversion, set } = directive
  if (conversion === 'n') return { value: reader.position }
  if (!'c['.includes(conversion)) reader.skipBlanks()
  if (reader.ended) return 'end'
  const value = read()
  return value === undefined ? 'mismatch' : { value }

  function read(): ScanValue | undefined {
    if ('diuoxX'.includes(conversion)) return scanInteger(reader, directive)
    if (conversion === 'c') return takeText(reader, directive.width ?? 1, () => true)
    if (conversion === 's') return takeText(reader, directive.width, (byte) => !isBlank(byte))
    if (conversion === '[') return takeText(reader, directive.width, (byte) => set[byte] === true)
    return scanFloat(reader, directive)
  }
}

/** At least one byte, at most `width`, as long as they are wanted. */
function takeText(
  reader: Reader,
  width: number | undefined,
  wanted: (byte: number) => boolean,
): string | undefined {
  const bytes: number[] = []
  while (!reader.ended && bytes.length !== width && wanted(reader.byte)) {
    bytes.push(reader.byte)
    reader.advance()
  }
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString()
}
