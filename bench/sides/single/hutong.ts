// The operations, by hutong.
import { FileLock, Mapping, Mutex, PosixSemaphore, SysvMemory, SysvSemaphores, struct, u32 } from 'hutong'
import type { Operations } from './operations.ts'

const LINE = 128
const PAGE = 4096
/** A get and a set of a field are too short to be timed with a call each. */
export const MANY = 100

function sysvSemaphore(): () => void {
  const set = SysvSemaphores.createPrivate({ count: 1 })
  process.on('exit', () => set.remove())
  return () => {
    set.post()
    set.waitSync()
  }
}

function sysvMemory(): void {
  const memory = SysvMemory.createPrivate({ size: PAGE })
  const mapping = memory.attach()
  mapping.bytes[0] = 1
  mapping.close()
  memory.remove()
  memory.close()
}

function countFields(): () => void {
  const counter = struct({ flags: u32, count: u32 }).at(new ArrayBuffer(8))
  return () => {
    for (let i = 0; i < MANY; i++) counter.count = (counter.count + 1) & 0xffff
  }
}

export function hutong(path: string): Operations {
  const memory = Mapping.anonymous(PAGE, { shared: false })
  const mutex = Mutex.initialize(memory, 0)
  const semaphore = PosixSemaphore.initialize(memory, LINE)
  const whole = FileLock.flock(path)
  const record = FileLock.record(path, { start: 0, length: 1 })
  return {
    mutex: () => mutex.lockSync().unlock(),
    'posix-sem'() {
      semaphore.post()
      semaphore.waitSync()
    },
    'sysv-sem': sysvSemaphore(),
    'sysv-shm': sysvMemory,
    flock: () => whole.lockSync().unlock(),
    'record-lock': () => record.lockSync().unlock(),
    'flock-async': async () => (await whole.lock()).unlock(),
    'record-lock-async': async () => (await record.lock()).unlock(),
    struct: countFields(),
  }
}
