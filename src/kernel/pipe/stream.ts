// Pipe ends as Node streams and as web streams.
import { Readable, Writable } from 'node:stream'
import { ReadableStream, WritableStream } from 'node:stream/web'
import type { Bytes } from '../bytes.ts'

/** What a stream needs of a reader. */
interface Reads {
  read(): Promise<Uint8Array | null>
  readInto(target: Uint8Array): Promise<number | null>
  close(): void
}

/** What a stream needs of a writer. */
interface Writes {
  write(data: Bytes): Promise<number>
  close(): void
}

/** Options of `PipeReader.stream`. */
export interface ReadStreamOptions {
  /** Bytes that the stream holds before it stops reading the pipe. Default: Node's. */
  readonly highWaterMark?: number
  /** Gives strings of this encoding instead of Buffers. */
  readonly encoding?: BufferEncoding
}

/** Options of `PipeWriter.stream`. */
export interface WriteStreamOptions {
  /** Bytes that the stream holds before `write` answers false. Default: Node's. */
  readonly highWaterMark?: number
}

export function readable(reader: Reads, options: ReadStreamOptions = {}): Readable {
  return new Readable({
    ...options,
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

export function writable(writer: Writes, options: WriteStreamOptions = {}): Writable {
  const send = (data: Uint8Array, done: (error?: Error) => void): void => {
    writer.write(data).then(() => done(), done)
  }
  return new Writable({
    ...options,
    write: (chunk: Uint8Array, _encoding, done) => send(chunk, done),
    writev: (chunks, done) => send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
    final(done) {
      writer.close()
      done()
    },
    destroy(error, done) {
      writer.close() // which ends a write that waits
      done(error)
    },
  })
}

export function readableWeb(reader: Reads): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const request = controller.byobRequest
      const view = request?.view as Uint8Array | null | undefined
      const got = await (view ? reader.readInto(view) : reader.read()).catch((error) => {
        reader.close()
        throw error
      })
      if (got === null) {
        reader.close()
        controller.close()
        request?.respond(0)
      } else if (typeof got === 'number') request?.respond(got)
      else controller.enqueue(got)
    },
    cancel: () => reader.close(),
  })
}

export function writableWeb(writer: Writes): WritableStream<Bytes> {
  let aborting: AbortSignal
  return new WritableStream<Bytes>({
    start(controller) {
      // Missing in its type. The stream itself waits for a write under way, so an abort has to end that first.
      aborting = (controller as typeof controller & { readonly signal: AbortSignal }).signal
      aborting.addEventListener('abort', () => writer.close(), { once: true })
    },
    async write(chunk) {
      await writer.write(chunk).catch((error) => {
        writer.close()
        throw aborting.aborted ? aborting.reason : error
      })
    },
    close: () => writer.close(),
    abort: () => writer.close(),
  })
}
