// Regular files and devices: reading them never waits for another process.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { poll, read, write } from '../../sys/file.ts'
import type { Sink, Source } from './stream.ts'

const CHUNK = 65_536

export function fileSource(fd: number, name: string): Source {
  const one = new Uint8Array(1)
  const readInto = (target: Uint8Array): number =>
    must(
      retried(() => read(fd, target)),
      'read',
      { on: name },
    )
  return {
    name,
    async read(max) {
      const chunk = new Uint8Array(Math.min(max, CHUNK))
      const got = readInto(chunk)
      return got === 0 ? null : chunk.subarray(0, got)
    },
    readByte: () => (readInto(one) === 1 ? one[0] : undefined),
    close() {},
  }
}

export function fileSink(fd: number, name: string): Sink {
  return {
    name,
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) done += writeSome(fd, name, bytes.subarray(done))
    },
    close() {},
  }
}

function writeSome(fd: number, name: string, bytes: Uint8Array): number {
  const put = retried(() => write(fd, bytes))
  if (put !== EAGAIN) return must(put, 'write', { on: name })
  poll(fd, constants.POLLOUT, -1) // a terminal that somebody else made non-blocking
  return 0
}

/** EINTR is never shown. */
export function retried(call: () => number): number {
  let result = call()
  while (result === EINTR) result = call()
  return result
}
