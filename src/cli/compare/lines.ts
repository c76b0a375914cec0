// Lines of JSON over descriptors, blocking.
import { readSync, writeSync } from 'node:fs'

/** The values that come, one per line, until the end of the stream. */
export function* receiveLines(fd: number): Generator<unknown, void, undefined> {
  const chunk = Buffer.allocUnsafe(65_536)
  let text = ''
  for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
    text += chunk.toString('latin1', 0, got) // JSON.stringify below keeps to ASCII
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

/** Writes one value as one line. */
export function sendLine(fd: number, value: unknown): void {
  const bytes = Buffer.from(line(value), 'latin1')
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}

/** The value as a line of ASCII. */
export function line(value: unknown): string {
  const json = JSON.stringify(value)
  return `${json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
