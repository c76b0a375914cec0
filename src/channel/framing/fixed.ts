// `fixed:N`: every message has N bytes, and nothing stands between them.
import { QueueDecoder } from './decoder.ts'
import { checkBytes, FramingError, truncated } from './error.ts'
import type { Framing } from './framing.ts'

export function fixedFraming(size: number): Framing {
  return {
    name: `fixed:${size}`,
    encode(message) {
      checkBytes(message)
      if (message.length === size) return [message]
      const reason = `a message of ${message.length} bytes: every one has ${size}`
      throw new FramingError('ERR_FRAMING_REFUSED', `framing fixed:${size} cannot carry ${reason}`)
    },
    decoder: () =>
      new QueueDecoder({
        cut: (queue) => (queue.length < size ? undefined : queue.take(size)),
        rest: ({ length }) =>
          length === 0 ? undefined : truncated(`a message of ${size} bytes`, size - length),
      }),
  }
}
