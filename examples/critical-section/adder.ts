// One of the two processes of ../critical-section.ts: adder COUNT KIND SET WORD [dies], with the memory as descriptor 3.
import { fileURLToPath } from 'node:url'
import { FileLock, Mapping, Mutex, PosixSemaphore, RwLock, SysvSemaphores } from 'hutong'

// Bytes: where the locks lie. Words: what each process has added, the sum, and how many have begun.
export const [MUTEX, SEMAPHORE, RW_LOCK] = [64, 128, 192] as const
export const [FIRST, SECOND, TOTAL, READY, WORDS] = [0, 1, 2, 3, 4] as const
export const program: string = fileURLToPath(import.meta.url)

type Lock = () => { readonly ownerDied?: boolean; makeConsistent?(): void; unlock(): void }
export const kinds = ['no lock', 'Mutex', 'RwLock', 'FileLock', 'PosixSemaphore', 'SysvSemaphores']

function locks(memory: Mapping, sysv: SysvSemaphores): Lock[] {
  const mutex = Mutex.at(memory, MUTEX)
  const rwLock = RwLock.at(memory, RW_LOCK)
  const file = FileLock.flock('/proc/self/fd/3')
  const posix = PosixSemaphore.at(memory, SEMAPHORE)
  const posted = { unlock: () => posix.post() }
  const givenBack = { unlock: () => sysv.post({ undo: true }) }
  return [
    () => ({ unlock() {} }),
    () => mutex.lockSync(),
    () => rwLock.writeSync(),
    () => file.lockSync(),
    () => posix.waitSync() ?? posted,
    () => sysv.waitSync({ undo: true }) ?? givenBack, // the kernel gives back what the killed took
  ]
}

function add(lock: Lock, counters: Uint32Array, me: number, { most = 0, dies = false }): void {
  for (let mine = counters[me] ?? 0, first = true; mine < most; first = false) {
    const held = lock()
    // Who was killed had counted for itself, but not yet in the sum: what a lock protects can be made whole again.
    if (first || held.ownerDied) counters[TOTAL] = (counters[FIRST] ?? 0) + (counters[SECOND] ?? 0)
    if (held.ownerDied) held.makeConsistent?.()
    const total = counters[TOTAL] ?? 0
    counters[me] = ++mine
    if (dies && mine === most >> 1) process.kill(process.pid, 'SIGKILL')
    counters[TOTAL] = total + 1
    held.unlock()
  }
}

if (process.argv[1] === program) {
  const [most, kind = '', id, me, dies] = process.argv.slice(2)
  const memory = Mapping.of(3)
  const lock = locks(memory, SysvSemaphores.from(Number(id)))[kinds.indexOf(kind)]
  const counters = memory.view(Uint32Array, 0, WORDS)
  Atomics.add(counters, READY, 1)
  while (Atomics.load(counters, READY) < 2); // both begin at once
  if (lock !== undefined) add(lock, counters, Number(me), { most: Number(most), dies: dies === 'dies' })
  process.exit()
}
