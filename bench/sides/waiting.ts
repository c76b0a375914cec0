// The latency of fs.readFile and of timers in a process that is idle, or in which a crowd waits.
// Arguments: idle|few|thousand, an empty directory, the number of reads. It must end by itself: nothing here calls exit.
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Crowd, crowds } from '../case.ts'
import { quantile } from '../statistics.ts'
import { crowd, type Waiters } from './crowds.ts'

/** Microseconds. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
}

export interface WaitingOutput {
  readonly readFile: Latencies
  /** From setTimeout of one millisecond to its call. */
  readonly timer: Latencies
  /** Operations that waited until they were aborted. */
  readonly waited: number
  /** Resident memory that the crowd added. */
  readonly addedKiB: number
  /** From `abort` of their one signal until the last has been told. Milliseconds. */
  readonly cancelled: number
}

const WARM_UP = 300
const TIMERS = 100

async function measure(action: () => Promise<unknown>, warmUp: number, count: number): Promise<Latencies> {
  const taken: number[] = []
  for (let i = 0; i < warmUp + count; i++) {
    const start = process.hrtime.bigint()
    await action()
    if (i >= warmUp) taken.push(Number(process.hrtime.bigint() - start) / 1000)
  }
  return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) }
}

function status(field: string): number {
  return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
}

/** Until no more threads are being made, and those that are had the time to fall asleep. */
async function settled(): Promise<void> {
  for (let before = -1; status('Threads') !== before; ) {
    before = status('Threads')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function end(
  stop: AbortController,
  { waits, clean }: Waiters,
): Promise<[waited: number, taken: number]> {
  const start = performance.now()
  stop.abort()
  const ends = await Promise.allSettled(waits)
  const taken = performance.now() - start
  await clean()
  return [ends.filter(({ status }) => status === 'rejected').length, taken]
}

const [mode, directory = '', count] = process.argv.slice(2)
const small = join(directory, 'small')
writeFileSync(small, 'x'.repeat(1000))
const which = crowds.find((name): name is Crowd => name === mode)
const stop = new AbortController()
const before = status('VmRSS')
const waiters = which && (await crowd[which](directory, stop.signal))
if (waiters !== undefined) await settled()
const addedKiB = status('VmRSS') - before
const readLatency = await measure(() => readFile(small), WARM_UP, Number(count))
const timer = await measure(() => new Promise((resolve) => setTimeout(resolve, 1)), 10, TIMERS)
const [waited, cancelled] = waiters === undefined ? [0, 0] : await end(stop, waiters)
const output: WaitingOutput = { readFile: readLatency, timer, waited, addedKiB, cancelled }
console.log(JSON.stringify(output))
