// What `send` sends: its operands, or standard input.
import { framing } from '../../channel/framing/index.ts'
import type { Io } from '../io.ts'

export interface InputOptions {
  /** One message per line. */
  readonly lines: boolean
  /** Bytes as they are: a last newline belongs to them. */
  readonly raw: boolean
  /** Messages are nothing but bytes: they need not be whole. */
  readonly pieces: boolean
}

const NEWLINE = 0x0a

/** The messages of the operands; those of standard input, if there are none. */
export async function* messagesOf(
  operands: readonly string[],
  options: InputOptions,
  io: Pick<Io, 'stdin'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (operands.length > 0) yield* operands.map((text) => new TextEncoder().encode(text))
  else if (options.lines) yield* linesOf(io.stdin)
  else if (options.pieces) for await (const chunk of io.stdin) yield bytesOf(chunk)
  else yield await wholeOf(io.stdin, options.raw)
}

async function* linesOf(stdin: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = framing('lines').decoder()
  const whole = function* (): Generator<Uint8Array, void, undefined> {
    for (let line = decoder.next(); line !== undefined; line = decoder.next()) yield line
  }
  for await (const chunk of stdin) {
    decoder.push(bytesOf(chunk))
    yield* whole()
  }
  decoder.end()
  yield* whole()
}

/** As `$(...)` in a shell, a text loses its last newline: `echo hi | hutong send` sends two bytes. */
async function wholeOf(stdin: AsyncIterable<unknown>, raw: boolean): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(bytesOf(chunk))
  const whole = Buffer.concat(chunks)
  return !raw && whole.at(-1) === NEWLINE ? whole.subarray(0, -1) : whole
}

function bytesOf(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk))
}
