// The file through an anonymous pipe with splice(2): from file to pipe and from pipe to file inside the kernel.
import type { Mapping } from '../../../kernel/mapping.ts'
import { Memfd } from '../../../kernel/memfd.ts'
import { EINTR } from '../../../sys/errno.ts'
import { must } from '../../../sys/error.ts'
import { splice } from '../../../sys/pipe.ts'
import { type End, MESSAGE_BYTES, type Mechanism } from '../mechanism.ts'
import { LARGE, stagePipes } from '../parts/pipes.ts'
import { type SpliceCopies, spliceCopies } from '../parts/splice-copies.ts'
import { abandoned, pieces, shortened } from '../side/pieces.ts'
import type { Tally } from '../side/tally.ts'

/** Instead of an offset: at the file's own position, which moves; for pipes always. */
const HERE = -1
// The message to send and the message received, in a file of each side's own: splice needs one.
const SAID = 0
const HEARD = 2048
const NOTE_BYTES = 4096

/** The call itself and not `PipeWriter.spliceFromSync`: what is counted must be one system call, no more. */
class SpliceEnd implements End {
  readonly #reader: number
  readonly #writer: number
  readonly #tally: Tally
  readonly #copies: SpliceCopies
  readonly #notes: Memfd
  readonly #noted: Mapping

  constructor(reader: number, writer: number, tally: Tally) {
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
        const got = this.#in(file, HERE, length - done)
        if (got === 0) throw shortened()
        done += got
      }
    }
  }

  receive(file: number, size: number): void {
    for (let done = 0; done < size; ) {
      const got = this.#out(file, HERE, LARGE)
      if (got === 0) throw abandoned(done, size)
      done += got
    }
  }

  say(message: Uint8Array): void {
    this.#noted.bytes.set(message, SAID)
    this.#in(this.#notes.fd, SAID, MESSAGE_BYTES)
  }

  hear(message: Uint8Array): void {
    if (this.#out(this.#notes.fd, HEARD, MESSAGE_BYTES) === 0)
      throw new Error("the other side's end was closed")
    message.set(this.#noted.bytes.subarray(HEARD, HEARD + MESSAGE_BYTES))
  }

  /** From a file into the pipe. 0: the file has ended. */
  #in(file: number, offset: number, length: number): number {
    const got = this.#retried(() => splice(file, offset, this.#writer, HERE, length, 0))
    return this.#count(got, this.#copies.in)
  }

  /** From the pipe into a file. 0: the other side is gone. */
  #out(file: number, offset: number, length: number): number {
    const got = this.#retried(() => splice(this.#reader, HERE, file, offset, length, 0))
    return this.#count(got, this.#copies.out)
  }

  #retried(call: () => number): number {
    for (;;) {
      this.#tally.call('splice')
      const got = call()
      if (got !== EINTR) return must(got, 'splice')
    }
  }

  #count(bytes: number, copied: boolean): number {
    if (copied) this.#tally.copied(bytes)
    else this.#tally.passed(bytes)
    return bytes
  }
}

export const mechanism: Mechanism = {
  name: 'splice',
  how: 'from file to pipe to file inside the kernel, with splice',
  prepare: stagePipes,
  join: ({ role, descriptors: [data = -1, reply = -1], tally }) =>
    role === 'sender' ? new SpliceEnd(reply, data, tally) : new SpliceEnd(data, reply, tally),
}
