// Creates, uses and closes one kind of object many times. Arguments: the object, an empty directory, the number of
// cycles. Run with --expose-gc, so that what is left is what has leaked.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EventFd, Fifo, Mapping, Memfd, Pipe, PosixMemory } from 'hutong'
import { type Cycled, cycled } from '../cases.ts'

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

const PAGE = 4096

function use(mapping: Mapping): void {
  mapping.bytes[0] = 1
  if (mapping.bytes[0] !== 1) throw new Error('the memory does not keep what was put there')
  mapping.close()
}

function cycleOf(object: Cycled, directory: string): () => void {
  const path = join(directory, 'object')
  const name = `/hutong-bench-${process.pid}`
  const byte = new Uint8Array(1)
  const moveByte = ({ reader, writer }: Pick<Pipe, 'reader' | 'writer'>): void => {
    writer.writeSync(byte)
    if (reader.readIntoSync(byte) !== 1) throw new Error('the byte did not come through')
  }
  const cycles: Readonly<Record<Cycled, () => void>> = {
    pipe() {
      const pipe = Pipe.create()
      moveByte(pipe)
      pipe.close()
    },
    fifo() {
      const fifo = Fifo.create(path)
      const ends = fifo.openBoth()
      moveByte(ends)
      ends.reader.close()
      ends.writer.close()
      fifo.unlink()
    },
    eventfd() {
      const event = EventFd.create()
      event.postSync(1)
      if (event.waitSync() !== 1n) throw new Error('the counter lost its count')
      event.close()
    },
    anonymous: () => use(Mapping.anonymous(PAGE)),
    file: () => use(Mapping.openOrCreate(path, { length: PAGE })),
    memfd() {
      const memory = Memfd.create('hutong-bench', { size: PAGE })
      use(memory.map())
      memory.close()
    },
    'posix-shm'() {
      const memory = PosixMemory.create(name, { size: PAGE })
      PosixMemory.unlink(name)
      use(memory.map())
      memory.close()
    },
  }
  return cycles[object]
}

function snapshot(): Snapshot {
  globalThis.gc?.()
  const status = readFileSync('/proc/self/status', 'latin1')
  const kib = (field: string): number => Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1] ?? -1)
  return {
    descriptors: readdirSync('/proc/self/fd').length,
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

function isCycled(text: string | undefined): text is Cycled {
  return cycled.some((object) => object === text)
}

const [object, directory = '', total] = process.argv.slice(2)
if (!isCycled(object)) throw new Error(`the object must be one of ${cycled.join(', ')}`)
const count = Number(total)
const cycle = cycleOf(object, directory)
await run(cycle, Math.ceil(count / 10))
const before = snapshot()
const start = process.hrtime.bigint()
await run(cycle, count / 2)
const half = snapshot()
await run(cycle, count / 2)
const microseconds = Number(process.hrtime.bigint() - start) / 1000 / count
const output: CyclesOutput = { before, half, after: snapshot(), microseconds }
console.log(JSON.stringify(output))
