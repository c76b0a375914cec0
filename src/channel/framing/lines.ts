// `lines`: a newline ends every message. A carriage return before it belongs to the message.
import type { ByteQueue } from './byte-queue.ts'
import { type Cutter, QueueDecoder } from './decoder.ts'
import { checkLength, FramingError, tooLong } from './error.ts'
import type { Framing } from './framing.ts'

const NEWLINE = 0x0a

export function linesFraming(maxMessage: number): Framing {
  return {
    name: 'lines',
    encode(message) {
      checkLength(message, maxMessage)
      const newline = message.indexOf(NEWLINE)
      if (newline >= 0) {
        const reason = `a message with a newline (at byte ${newline}) would be read as two lines`
        throw new FramingError('ERR_FRAMING_REFUSED', `${reason}: use the framing length`)
      }
      const end = Uint8Array.of(NEWLINE)
      return message.length === 0 ? [end] : [message, end]
    },
    decoder: () => new QueueDecoder(linesCutter(maxMessage)),
  }
}

function linesCutter(maxMessage: number): Cutter {
  return {
    cut(queue) {
      const length = queue.find(NEWLINE)
      if (length > maxMessage) throw tooLong('a received line', length, maxMessage)
      if (length >= 0) return withoutNewline(queue, length)
      if (queue.length > maxMessage) throw tooLong('a received line', `at least ${queue.length}`, maxMessage)
      return undefined
    },
    // The last line of a file need not end with a newline.
    rest: (queue) => (queue.length === 0 ? undefined : queue.take(queue.length)),
  }
}

function withoutNewline(queue: ByteQueue, length: number): Uint8Array {
  return queue.take(length + 1).subarray(0, length)
}
