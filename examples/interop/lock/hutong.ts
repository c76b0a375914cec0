// A mutex and a read-write lock, shared with peer.c: `leave NAME ROUNDS` or `take NAME ROUNDS`
import { setTimeout as sleep } from 'node:timers/promises'
import { Mutex, PosixMemory, RwLock } from 'hutong'

// Words: whether the second has come; two counters, one under each lock; whether the data is whole. Bytes: the locks.
const [COME, FIRST, SECOND, HALF, WORDS, MUTEX, RW_LOCK] = [0, 1, 2, 3, 4, 64, 128] as const
const [role, name = '', times = '0'] = process.argv.slice(2)

async function add(counters: Int32Array, mutex: Mutex, rwLock: RwLock): Promise<void> {
  for (let round = 0; round < Number(times); round++) {
    const held = await mutex.lock()
    counters[FIRST] = (counters[FIRST] ?? 0) + 1
    held.unlock()
    const writer = await rwLock.write()
    counters[SECOND] = (counters[SECOND] ?? 0) + 1
    writer.unlock()
  }
}

if (role === 'leave') {
  const memory = PosixMemory.create(name, { size: 4096 })
  const mapping = memory.map()
  const counters = mapping.view(Int32Array, 0, WORDS)
  const [mutex, rwLock] = [
    Mutex.initialize(mapping, MUTEX),
    RwLock.initialize(mapping, RW_LOCK, { readers: 4 }),
  ]
  console.log('ready')
  while (Atomics.load(counters, COME) === 0) await sleep(1)
  PosixMemory.unlink(name)
  await add(counters, mutex, rwLock)
  while (Atomics.load(counters, COME) === 1) await sleep(1) // until the other has added, too
  await mutex.lock()
  counters[HALF] = 1
  process.exit() // and leaves the mutex locked
} else {
  const memory = PosixMemory.open(name)
  const mapping = memory.map()
  const counters = mapping.view(Int32Array, 0, WORDS)
  const [mutex, rwLock] = [Mutex.at(mapping, MUTEX), RwLock.at(mapping, RW_LOCK)]
  Atomics.store(counters, COME, 1)
  await add(counters, mutex, rwLock)
  Atomics.store(counters, COME, 2)
  for (;;) {
    const held = await mutex.lock()
    if (!held.ownerDied) {
      held.unlock()
      continue
    }
    const reader = await rwLock.read()
    console.log(`${counters[FIRST]} ${counters[SECOND]}, left half done: ${counters[HALF]}`)
    reader.unlock()
    held.makeConsistent()
    held.unlock()
    break
  }
}
