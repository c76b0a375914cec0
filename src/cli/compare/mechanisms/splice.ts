// The file through an anonymous pipe with splice(2): from file to pipe and from pipe to file inside the kernel.

import type { Mapping } from '../../../kernel/mapping.ts'
import { Memfd } from '../../../kernel/memfd.ts'
import { PipeReader } from '../../../kernel/pipe/reader.ts'
import { PipeWriter } from '../../../kernel/pipe/writer.ts'
import { type End, MESSAGE_BYTES, type Mechanism } from '../mechanism.ts'
import { LARGE, stagePipes } from '../parts/pipes.ts'
import { type SpliceCopies, spliceCopies } from '../parts/splice-copies.ts'
import { abandoned, pieces, shortened } from '../side/pieces.ts'
import type { Tally } from '../side/tally.ts'

// The message to send and the message received, in a file of each side's own: splice needs one.
const SAID = 0
const HEARD = 2048
const NOTE_BYTES = 4096

class SpliceEnd implements End {
  readonly #reader: PipeReader
  readonly #writer: PipeWriter
  readonly #tally: Tally
  readonly #copies: SpliceCopies
  readonly #notes: Memfd
  readonly #noted: Mapping

  constructor(reader: PipeReader, writer: PipeWriter, tally: Tally) {
    this.#reader = reader
    this.#writer = writer
    this.#tally = tally
    this.#copies = spliceCopies()
    this.#notes = Memfd.create('hutong-compare-message', { size: NOTE_BYTES })
    this.#noted = this.#notes.map()
  }

  send(file: number, size: number, gate: (done: number) => void): void {
    for (const { length } of pieces(size, gate)) {
      for (let done = 0; done < length; ) {
        const got = this.#writer.spliceFromSync(file, { length: length - done })
        this.#count(got ?? 0, this.#copies.in)
        if (got === null) throw shortened()
        done += got
      }
    }
  }

  receive(file: number, size: number): void {
    for (let done = 0; done < size; ) {
      const got = this.#reader.spliceToSync(file, { length: LARGE })
      this.#count(got ?? 0, this.#copies.out)
      if (got === null) throw abandoned(done, size)
      done += got
    }
  }

  say(message: Uint8Array): void {
    this.#noted.bytes.set(message, SAID)
    this.#writer.spliceFromSync(this.#notes, { offset: SAID, length: MESSAGE_BYTES })
    this.#count(MESSAGE_BYTES, this.#copies.in)
  }

  hear(message: Uint8Array): void {
    if (this.#reader.spliceToSync(this.#notes, { offset: HEARD, length: MESSAGE_BYTES }) === null) {
      throw new Error("the other side's end was closed")
    }
    this.#count(MESSAGE_BYTES, this.#copies.out)
    message.set(this.#noted.bytes.subarray(HEARD, HEARD + MESSAGE_BYTES))
  }

  #count(bytes: number, copied: boolean): void {
    this.#tally.call('splice')
    if (copied) this.#tally.copied(bytes)
    else this.#tally.passed(bytes)
  }
}

export const mechanism: Mechanism = {
  name: 'splice',
  how: 'from file to pipe to file inside the kernel, with splice',
  module: import.meta.url,
  prepare: stagePipes,
  join: ({ role, descriptors: [data = -1, reply = -1], tally }) =>
    role === 'sender'
      ? new SpliceEnd(PipeReader.from(reply), PipeWriter.from(data), tally)
      : new SpliceEnd(PipeReader.from(data), PipeWriter.from(reply), tally),
}
