// Messages over any byte stream that reads and writes as pipes do, cut by an agreed framing.
import type { WaitOptions } from '../wait/options.ts'
import type { Framing } from './framing/index.ts'

/** Where bytes come from: a PipeReader, or anything that reads like one. `null` is the end. */
export interface ByteSource {
  read(options?: WaitOptions): Promise<Uint8Array | null>
}

/** Where bytes go: a PipeWriter, or anything that writes like one: all of it, and calls in their order. */
export interface ByteSink {
  write(data: Uint8Array, options?: WaitOptions): Promise<number>
}

// Up to here a message is one write: on a pipe, one of at most PIPE_BUF bytes stays whole among those of other writers.
const JOINED = 65_536

/**
 * The messages of a stream, until it ends. `timeout` is for each read, not for the whole.
 *
 * @throws FramingError when the stream is not what the framing says, or ends inside a message
 */
export async function* receiveMessages(
  source: ByteSource,
  framing: Framing,
  options?: WaitOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = framing.decoder()
  for (;;) {
    for (let message = decoder.next(); message !== undefined; message = decoder.next()) yield message
    const chunk = await source.read(options)
    if (chunk === null) break
    decoder.push(chunk)
  }
  decoder.end()
  for (let message = decoder.next(); message !== undefined; message = decoder.next()) yield message
}

/**
 * Writes one message. Resolves when all of it is in the stream. An abort or timeout in the middle leaves a part of a
 * message there (the error's `bytesWritten` tells): close the stream then, since nothing behind it can be told apart.
 *
 * @throws FramingError for a message that the framing cannot carry; nothing has been written then
 */
export async function sendMessage(
  sink: ByteSink,
  message: Uint8Array | string,
  options: WaitOptions & { readonly framing: Framing },
): Promise<void> {
  const parts = options.framing.encode(typeof message === 'string' ? Buffer.from(message) : message)
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const writes = parts.length > 1 && length <= JOINED ? [Buffer.concat(parts)] : parts
  // All handed over before the first wait, so that no other message comes in between.
  await Promise.all(writes.map((part) => sink.write(part, options)))
}
