// Messages are what the structured clone algorithm makes of values: node:v8.
import { deserialize, serialize } from 'node:v8'
import type { Codec } from '../codec.ts'
import { checkValue, refusal } from './value.ts'

/**
 * Messages are structured clones, as `postMessage` makes them: Map, Set, Date, BigInt, typed arrays, errors, circles.
 *
 * For peers that you trust, with the same Node or an older one as the sender: V8 checks what it reads, but promises
 * nothing for bytes made to break it, and a newer V8 may write what an older one cannot read. TypeError for what cannot
 * be cloned: functions, symbols.
 */
export function clone<T>(): Codec<T> {
  return {
    name: 'clone',
    scratch: false,
    // Typed arrays among the values are views of the message.
    keeps: true,
    encode(value) {
      checkValue(value, 'clone')
      try {
        return serialize(value)
      } catch (error) {
        throw refusal('clone', error)
      }
    },
    decode: (bytes) => deserialize(bytes) as T,
  }
}
