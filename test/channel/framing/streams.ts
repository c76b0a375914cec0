// What all tests of framings need.
import { type FrameDecoder, type FramingName, framing } from 'hutong/channel'

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

export function text(message: Uint8Array): string {
  return Buffer.from(message).toString('latin1')
}

export function drained(decoder: FrameDecoder): string[] {
  const found: string[] = []
  for (let message = decoder.next(); message !== undefined; message = decoder.next())
    found.push(text(message))
  return found
}

export function encoded(name: FramingName, messages: readonly string[]): Uint8Array {
  return Buffer.concat(messages.flatMap((message) => framing(name).encode(bytes(message))))
}
