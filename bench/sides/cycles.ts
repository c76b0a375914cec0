// Creates, uses and closes objects many times. Arguments: the kinds of object, an empty directory, the number of cycles.
// Run with --expose-gc, so that what is left is what has leaked. Prints a line for each kind.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type Cycled, cycled } from '../case.ts'
import { cyclesIn } from './cycles/objects.ts'

export interface Snapshot {
  readonly descriptors: number
  /** Lines of /proc/self/maps. */
  readonly mappings: number
  readonly residentKiB: number
  readonly addressSpaceKiB: number
}

export interface CyclesOutput {
  readonly before: Snapshot
  readonly half: Snapshot
  readonly after: Snapshot
  /** Of one cycle. */
  readonly microseconds: number
}

/** Without /dev/null, which Node opens for itself when it likes, and the descriptor that lists them. */
function countDescriptors(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) !== '/dev/null'
    } catch {
      return false
    }
  }).length
}

function snapshot(): Snapshot {
  globalThis.gc?.()
  const status = readFileSync('/proc/self/status', 'latin1')
  const kib = (field: string): number => Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1] ?? -1)
  return {
    descriptors: countDescriptors(),
    mappings: readFileSync('/proc/self/maps', 'latin1').split('\n').length - 1,
    residentKiB: kib('VmRSS'),
    addressSpaceKiB: kib('VmSize'),
  }
}

/** Finalizers and other callbacks run only when the event loop turns. */
async function run(cycle: () => void, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    cycle()
    if (i % 256 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function isCycled(text: string): text is Cycled {
  return cycled.some((object) => object === text)
}

async function report(cycle: () => void, count: number): Promise<CyclesOutput> {
  await run(cycle, Math.ceil(count / 10))
  const before = snapshot()
  const start = process.hrtime.bigint()
  await run(cycle, count / 2)
  const half = snapshot()
  await run(cycle, count / 2)
  const microseconds = Number(process.hrtime.bigint() - start) / 1000 / count
  return { before, half, after: snapshot(), microseconds }
}

const [objects = '', directory = '', total] = process.argv.slice(2)
const cycles = cyclesIn(directory)
for (const object of objects.split(',')) {
  if (!isCycled(object)) throw new Error(`the object must be one of ${cycled.join(', ')}`)
  console.log(JSON.stringify(await report(cycles[object], Number(total))))
}
