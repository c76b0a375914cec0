// Messages through shared memory: written in place, then a bell.
import type { Mapping } from '../../../kernel/mapping.ts'
import { MESSAGE_BYTES } from '../mechanism.ts'
import type { Bell } from './bells.ts'

/** The bells of one side: the one it rings and the one it waits for. */
export interface Bells {
  readonly theirs: Bell
  readonly mine: Bell
}

/** The first page: room for bells in its first half, then a place for a message each way, then what a mechanism wants. */
export const HEADER_BYTES = 4096
const MESSAGES = 2048
/** Where the mechanism's own part of the first page begins. */
export const NOTES = 3072

/** What one side of shared memory can say and hear. */
export abstract class MessageEnd {
  /** Holds the mapping, without which the views are nothing. */
  protected readonly memory: Mapping
  protected readonly bells: Bells
  readonly #said: Uint8Array
  readonly #heard: Uint8Array

  constructor(memory: Mapping, bells: Bells, isSender: boolean) {
    this.memory = memory
    this.bells = bells
    const message = (index: number): Uint8Array =>
      memory.view(Uint8Array, MESSAGES + index * MESSAGE_BYTES, MESSAGE_BYTES)
    this.#said = message(isSender ? 0 : 1)
    this.#heard = message(isSender ? 1 : 0)
  }

  say(message: Uint8Array): void {
    this.#said.set(message)
    this.bells.theirs.ring()
  }

  hear(message: Uint8Array): void {
    this.bells.mine.wait()
    message.set(this.#heard)
  }
}
