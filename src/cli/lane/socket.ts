// A stream socket that came with this process: what Node gives a child as a "pipe" is one.
import { EAGAIN } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { read, write } from '../../sys/file.ts'
import { Readiness } from '../../wait/readiness.ts'
import { retried } from './file.ts'
import type { Sink, Source } from './stream.ts'

const CHUNK = 65_536

export function socketSource(number: number, name: string): Source {
  const fd = new Fd(number, name)
  const readiness = new Readiness(fd)
  const one = new Uint8Array(1)
  const attempt = (target: Uint8Array): number =>
    orAgain(
      retried(() => read(number, target)),
      'read',
      name,
    )
  return {
    name,
    async read(max, wait) {
      const chunk = new Uint8Array(Math.min(max, CHUNK))
      const got = await readiness.whenReadable(() => attempt(chunk), wait)
      return got === 0 ? null : chunk.subarray(0, got)
    },
    readByte() {
      readiness.makeNonblocking()
      return attempt(one) === 1 ? one[0] : undefined
    },
    close: () => fd.close(),
  }
}

export function socketSink(number: number, name: string): Sink {
  const fd = new Fd(number, name)
  const readiness = new Readiness(fd)
  return {
    name,
    async write(bytes, wait) {
      let done = 0
      const attempt = (): number => {
        const put = orAgain(
          retried(() => write(number, bytes.subarray(done))),
          'write',
          name,
        )
        done += Math.max(0, put)
        return done === bytes.length ? done : EAGAIN
      }
      await readiness.whenWritable(attempt, wait)
    },
    close: () => fd.close(),
  }
}

function orAgain(result: number, call: string, name: string): number {
  return result === EAGAIN ? result : must(result, call, { on: name })
}
