// The latency of fs.readFile in a process that is idle, or in which 64 FIFO opens and 64 pipe reads wait.
// Arguments: idle|busy, an empty directory, the number of reads. It must end by itself: nothing here calls exit.
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fifo, Pipe } from 'hutong'
import { quantile } from '../statistics.ts'

/** Microseconds. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
}

export interface WaitingOutput extends Latencies {
  /** Operations that waited until they were aborted. */
  readonly waited: number
}

const EACH = 64
const WARM_UP = 300

async function measure(path: string, count: number): Promise<Latencies> {
  const taken: number[] = []
  for (let i = 0; i < WARM_UP + count; i++) {
    const start = process.hrtime.bigint()
    await readFile(path)
    if (i >= WARM_UP) taken.push(Number(process.hrtime.bigint() - start) / 1000)
  }
  return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) }
}

interface Waiters {
  end(): Promise<number>
}

/** Operations that nobody will ever satisfy. */
function startWaiting(directory: string): Waiters {
  const stop = new AbortController()
  const { signal } = stop
  const fifos = Array.from({ length: EACH }, (_, i) => Fifo.create(join(directory, `fifo-${i}`)))
  const pipes = Array.from({ length: EACH }, () => Pipe.create())
  const waits: Promise<unknown>[] = [
    ...fifos.map((fifo) => fifo.openReader({ signal })),
    ...pipes.map(({ reader }) => reader.read({ signal })),
  ]
  return {
    async end() {
      stop.abort()
      const ends = await Promise.allSettled(waits)
      for (const fifo of fifos) fifo.unlink()
      for (const pipe of pipes) pipe.close()
      return ends.filter(({ status }) => status === 'rejected').length
    },
  }
}

const [mode, directory = '', count] = process.argv.slice(2)
const small = join(directory, 'small')
writeFileSync(small, 'x'.repeat(1000))
const waiters = mode === 'busy' ? startWaiting(directory) : undefined
const latencies = await measure(small, Number(count))
const output: WaitingOutput = { ...latencies, waited: (await waiters?.end()) ?? 0 }
console.log(JSON.stringify(output))
