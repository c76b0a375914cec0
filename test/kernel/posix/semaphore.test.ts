import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { Mapping, Memfd, PosixMemory, PosixSemaphore } from 'hutong'
import { cleanUp, uniqueName, uniquePath } from '../../support/leaks.ts'
import { freshSemaphore, semaphoreName, untilWaiting } from '../../support/semaphore.ts'

test('create makes the file that glibc knows: 32 bytes, 0600; the name stays after close and goes with unlink', () => {
  const name = semaphoreName()
  const file = `/dev/shm/sem.${name.slice(1)}`
  using semaphore = PosixSemaphore.create(name, { value: 5 })
  const { size, mode } = statSync(file)
  assert.deepEqual([size, mode & 0o777, semaphore.created, semaphore.value], [32, 0o600, true, 5])
  assert.deepEqual([readFileSync(file).readInt32LE(0), readFileSync(file).readInt32LE(8)], [5, 128])
  assert.throws(() => PosixSemaphore.create(name), { code: 'EEXIST', path: file })
  semaphore.close()
  using again = PosixSemaphore.open(name)
  assert.deepEqual([again.value, again.created, again.name], [5, false, name])
  PosixSemaphore.unlink(name)
  assert.throws(() => PosixSemaphore.open(name), { code: 'ENOENT', path: file })
  again.post()
  assert.equal(again.value, 6, 'who has it open keeps it')
})

test('openOrCreate makes what is missing and takes what is there', () => {
  const name = semaphoreName()
  using first = PosixSemaphore.openOrCreate(name, { value: 3, mode: 0o640 })
  using second = PosixSemaphore.openOrCreate(name, { value: 9 })
  assert.deepEqual([first.created, second.created, second.value], [true, false, 3])
  assert.equal(statSync(`/dev/shm/sem.${name.slice(1)}`).mode & 0o777, 0o640)
})

test('the mode is less the umask, as for every file', () => {
  const name = semaphoreName()
  const before = process.umask(0o077)
  try {
    PosixSemaphore.create(name, { mode: 0o666 }).close()
  } finally {
    process.umask(before)
  }
  assert.equal(statSync(`/dev/shm/sem.${name.slice(1)}`).mode & 0o777, 0o600)
})

test('units are taken and given one at a time; there are never fewer than none', async () => {
  const semaphore = freshSemaphore(2)
  await semaphore.wait()
  assert.equal(semaphore.tryWait(), true)
  assert.equal(semaphore.tryWait(), undefined)
  assert.equal(semaphore.value, 0)
  semaphore.post()
  semaphore.waitSync()
  assert.equal(semaphore.value, 0)
})

test('a wait ends with the post that comes later, each with one', async () => {
  const semaphore = freshSemaphore()
  const ended: number[] = []
  const waits = [0, 1, 2].map((index) => semaphore.wait().then(() => ended.push(index)))
  await untilWaiting(semaphore, 3)
  semaphore.post()
  await Promise.race(waits)
  assert.deepEqual([ended.length, semaphore.waiting, semaphore.value], [1, 2, 0])
  semaphore.post()
  semaphore.post()
  await Promise.all(waits)
  assert.deepEqual([semaphore.waiting, semaphore.value], [0, 0])
})

test('a unit that is there is taken although the timeout has passed already', async () => {
  const semaphore = freshSemaphore(2)
  await semaphore.wait({ timeout: 0 })
  semaphore.waitSync({ timeout: 0 })
  await assert.rejects(semaphore.wait({ timeout: 0 }), { name: 'TimeoutError', code: 'ETIMEDOUT' })
  assert.throws(() => semaphore.waitSync({ timeout: 0 }), { name: 'TimeoutError', code: 'ETIMEDOUT' })
  assert.deepEqual([semaphore.value, semaphore.waiting], [0, 0])
})

test('a timeout ends a wait, not before its time, and takes nothing', async () => {
  const semaphore = freshSemaphore()
  for (const wait of [
    () => semaphore.wait({ timeout: 15 }),
    async () => semaphore.waitSync({ timeout: 15 }),
  ]) {
    const start = performance.now()
    await assert.rejects(wait, /TimeoutError: waiting on semaphore .* timed out after 15 ms/)
    assert.ok(performance.now() - start >= 14.5) // setTimeout counts whole milliseconds
  }
  assert.equal(semaphore.waiting, 0)
  semaphore.post()
  assert.equal(semaphore.tryWait(), true)
})

test('an unnamed one lies in any shared memory, and every mapping of it sees the same', async () => {
  const memory = PosixMemory.create(`/${uniqueName()}`, { size: 4096 })
  cleanUp(() => PosixMemory.unlink(memory.name))
  using memfd = Memfd.create('semaphore', { size: 4096 })
  const path = await uniquePath()
  using file = Mapping.create(path, { length: 4096 })
  using same = Mapping.open(path)
  const pairs = [
    [memory.map(), memory.map()],
    [memfd.map(), memfd.map()],
    [file, same],
  ] as const
  memory.close()
  for (const [here, there] of pairs) {
    const mine = PosixSemaphore.initialize(here, 64, 1)
    const theirs = PosixSemaphore.at(there, 64)
    assert.deepEqual([mine.created, theirs.created, theirs.value, theirs.name], [true, false, 1, undefined])
    theirs.waitSync()
    const waiting = theirs.wait()
    await untilWaiting(mine)
    mine.post()
    await waiting
    here.close()
    there.close()
  }
})

test('many lie side by side, and nothing else of the memory is touched', () => {
  using mapping = Mapping.anonymous(4096)
  mapping.bytes.fill(0xaa)
  const semaphores = [8, 40, 4064].map((offset) => PosixSemaphore.initialize(mapping, offset, offset))
  for (const [index, semaphore] of semaphores.entries()) for (let i = 0; i < index; i++) semaphore.waitSync()
  assert.deepEqual(
    semaphores.map(({ value }) => value),
    [8, 39, 4062],
  )
  const untouched = [...mapping.bytes].filter(
    (byte, at) => byte === 0xaa && (at < 8 || (at >= 72 && at < 4064)),
  )
  assert.equal(untouched.length, 8 + 4064 - 72)
  assert.equal(PosixSemaphore.size, 32)
  for (const semaphore of semaphores) semaphore.close()
})

test('initialize makes a new one of whatever was there', () => {
  using mapping = Mapping.anonymous(4096)
  mapping.bytes.fill(0xff)
  PosixSemaphore.initialize(mapping, 0, 7)
  assert.equal(PosixSemaphore.at(mapping, 0).value, 7)
  PosixSemaphore.initialize(mapping, 0)
  assert.equal(PosixSemaphore.at(mapping, 0).value, 0)
})
