// Pipe ends as Node streams and as web streams.
import { Readable, Writable } from 'node:stream'
import { ReadableStream, WritableStream } from 'node:stream/web'
import type { PipeReader } from './reader.ts'
import type { PipeWriter } from './writer.ts'

/** A Node Readable over a reader; closing either closes both. */
export function readableStream(reader: PipeReader): Readable {
  return new Readable({
    read() {
      reader.read().then(
        (chunk) => this.push(chunk),
        (error: Error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      reader.close()
      done(error)
    },
  })
}

/** A Node Writable over a writer; closing either closes both. */
export function writableStream(writer: PipeWriter): Writable {
  return new Writable({
    decodeStrings: true,
    write(chunk: Uint8Array, _encoding, done) {
      writer.write(chunk).then(() => done(), done)
    },
    destroy(error, done) {
      writer.close()
      done(error)
    },
  })
}

/** A web ReadableStream of bytes over a reader. */
export function readableWebStream(reader: PipeReader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await reader.read()
      if (chunk !== null) return controller.enqueue(chunk)
      controller.close()
      reader.close()
    },
    cancel: () => reader.close(),
  })
}

/** A web WritableStream over a writer. */
export function writableWebStream(writer: PipeWriter): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    async write(chunk) {
      await writer.write(chunk)
    },
    close: () => writer.close(),
    abort: () => writer.close(),
  })
}
