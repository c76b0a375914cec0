// A terminal: what was typed comes line by line.
import { ReadStream } from 'node:tty'
import { onGiveUp } from '../../wait/options.ts'
import type { Source } from './stream.ts'

export function terminalSource(fd: number, name: string): Source {
  const stream = new ReadStream(fd)
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  return {
    name,
    read: (_max, wait) =>
      new Promise((resolve, reject) => {
        const callOff = onGiveUp(wait, `reading ${name}`, reject)
        chunks
          .next()
          .then(({ done, value }) => resolve(done === true ? null : value), reject)
          .finally(callOff)
      }),
    readByte: () => undefined,
    close: () => void stream.destroy(),
  }
}
