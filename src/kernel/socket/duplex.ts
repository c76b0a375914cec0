// A Unix socket as a Node stream.
import { Duplex, type DuplexOptions } from 'node:stream'
import type { Bytes } from '../bytes.ts'

/** What a stream needs of a socket. */
interface Connection {
  readonly closed: boolean
  read(): Promise<Uint8Array | null>
  write(data: Bytes): Promise<number>
  shutdown(how: 'write'): void
  close(): void
}

export function duplex(
  socket: Connection,
  options: Pick<DuplexOptions, 'highWaterMark' | 'allowHalfOpen'> = {},
): Duplex {
  const send = (data: Uint8Array, done: (error?: Error) => void): void => {
    socket.write(data).then(() => done(), done)
  }
  return new Duplex({
    ...options,
    read() {
      socket.read().then(
        (chunk) => this.push(chunk),
        (error: Error) => this.destroy(error),
      )
    },
    write: (chunk: Uint8Array, _encoding, done) => send(chunk, done),
    writev: (chunks, done) => send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
    final(done) {
      if (!socket.closed) socket.shutdown('write')
      done()
    },
    destroy(error, done) {
      socket.close() // which ends what waits
      done(error)
    },
  })
}
