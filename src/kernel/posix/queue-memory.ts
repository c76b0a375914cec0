// Memory for messages on their way in or out.
import { MessageMemory } from '../../sys/mqueue.ts'
import { type Bytes, kindOf } from '../bytes.ts'

const BLOCK = 65_536
// A message that was received is copied out of the block up to this length, handed out in place beyond. So a short one
// pins no more memory than it needs, a long one at most sixteen times as much.
const MOST_COPIED = 4095
// To copy more than this would cost more than to look up where it lies.
const MOST_COPIED_OUT = 1024
// A buffer that is used again and again is kept alive; not if there is more behind it.
const MOST_PINNED = 1_048_576

/** Not zeroed: nobody sees a byte that was not received. */
function fresh(bytes: number): MessageMemory {
  return new MessageMemory(new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer))
}

// One each per thread, for all queues. Nothing that was handed out, before `used`, is written to again.
let block: MessageMemory | undefined
let used = 0
let outbox: MessageMemory | undefined

/** The bytes of the caller's memory; TypeError for what is none. */
export function targetOf(target: ArrayBufferView): Uint8Array {
  if (target instanceof Uint8Array) return target
  if (ArrayBuffer.isView(target)) return new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  throw new TypeError(`target must be a typed array or DataView, not ${kindOf(target)}`)
}

/** The address of the buffer used last, looked up again when it is another one, or the same but detached. */
class Remembered {
  #last: MessageMemory | undefined

  /** Its memory, if it is the one used last. */
  known(bytes: Bytes | ArrayBufferView): MessageMemory | undefined {
    const last = this.#last
    return last?.is(bytes) === true ? last : undefined
  }

  learn(bytes: Uint8Array): MessageMemory {
    const memory = new MessageMemory(bytes)
    this.#last = bytes.buffer.byteLength <= MOST_PINNED ? memory : undefined
    return memory
  }

  forget(): void {
    this.#last = undefined
  }
}

/** What one queue receives into and sends from. */
export class QueueMemory {
  readonly #messageSize: number
  // Of a queue whose messages may be longer than the block; handed out whole.
  #own: MessageMemory | undefined
  readonly sent = new Remembered()
  // The short message that was copied last.
  #seen: Uint8Array | undefined
  readonly received = new Remembered()

  constructor(messageSize: number) {
    this.#messageSize = messageSize
  }

  /** mq_timedreceive(2) of a message that `taken` then gives. */
  receive(fd: number, waits: boolean): number {
    if (this.#messageSize > BLOCK) {
      this.#own ??= fresh(this.#messageSize)
      return this.#own.receive(fd, waits)
    }
    if (block === undefined || BLOCK - used < this.#messageSize) {
      block = fresh(BLOCK)
      used = 0
    }
    return block.receive(fd, waits, used)
  }

  /** The `length` bytes that `receive` got just now, in memory of their own. */
  taken(length: number): Uint8Array {
    const start = this.#own === undefined ? used : 0
    const { bytes } = (this.#own ?? block) as MessageMemory
    if (length <= MOST_COPIED) return bytes.slice(start, start + length)
    if (this.#own === undefined) used += (length + 7) & ~7
    else if (length < bytes.length / 2) return bytes.slice(0, length)
    this.#own = undefined
    return bytes.subarray(start, start + length)
  }

  /** Memory of the caller's. */
  target(bytes: Uint8Array): MessageMemory {
    return this.received.known(bytes) ?? this.received.learn(bytes)
  }

  /** For use at once: memory that begins with these bytes. */
  outgoing(bytes: Uint8Array): MessageMemory {
    const known = this.sent.known(bytes)
    if (known !== undefined) return known
    // Most short messages are never seen again.
    if (bytes.length > MOST_COPIED_OUT || bytes === this.#seen) return this.sent.learn(bytes)
    this.#seen = bytes
    outbox ??= fresh(MOST_COPIED_OUT)
    outbox.bytes.set(bytes)
    return outbox
  }

  /** Lets go of the buffers. */
  forget(): void {
    this.#own = undefined
    this.#seen = undefined
    this.sent.forget()
    this.received.forget()
  }
}
