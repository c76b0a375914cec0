// Read-write locks shared with C programs, and the death of readers and writers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Memfd, RwLock } from 'hutong'
import { type Child, start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { cleanUp } from '../../support/leaks.ts'

const peer = compile('lock/rwlock-peer.c', '-pthread')
const OFFSET = 64

interface Shared {
  readonly lock: RwLock
  readonly counters: BigUint64Array
  readonly c: (...command: string[]) => Child
  readonly again: () => RwLock
}

function shared(readers = 4): Shared {
  const file = Memfd.create('rwlock', { size: 4096 })
  const mapping = file.map()
  cleanUp(() => {
    mapping.close()
    file.close()
  })
  const again = (): RwLock => RwLock.initialize(mapping, OFFSET, { readers })
  const path = `/proc/${process.pid}/fd/${file.fd}`
  const c = (...command: string[]): Child => start(peer, [path, `${OFFSET}`, ...command])
  return { lock: again(), counters: mapping.view(BigUint64Array, 8, 2), c, again }
}

/** Ends a child's wait. */
const tell = (child: Child): void => void child.process.stdin?.end()

test('C and this library agree about every byte of the layout', async () => {
  const { c } = shared()
  assert.equal(await c('layout').line(), `${RwLock.sizeFor(1)} ${RwLock.sizeFor(32)}`)
})

test('C readers and ours are inside together, writers wait for them', async () => {
  const { lock, c } = shared()
  const reader = c('read')
  assert.equal(await reader.line(), 'read 0')
  lock.tryRead()?.unlock()
  assert.equal(lock.tryWrite(), undefined)
  assert.throws(() => lock.writeSync({ timeout: 2 }), { name: 'TimeoutError' })
  const writing = lock.write()
  assert.equal(await c('try-read').line(), 'read EBUSY', 'our writer waits')
  tell(reader)
  const writer = await writing
  assert.equal(await c('try-write').line(), 'write EBUSY')
  const late = c('read')
  writer.unlock()
  assert.equal(await late.line(), 'read 0')
  tell(late)
})

test('what C made is ours to use', async () => {
  const { c, lock } = shared()
  assert.equal((await c('make', '2').ended).code, 0)
  lock.readSync().unlock()
  const writer = c('write')
  assert.equal(await writer.line(), 'write 0')
  assert.equal(lock.tryRead(), undefined)
  const reading = lock.read()
  tell(writer)
  ;(await reading).unlock()
})

test('a reader that is killed is forgotten, whoever waits for it', async () => {
  const { lock, c } = shared(1)
  const doomed = c('die-read')
  assert.equal(await doomed.line(), 'read 0')
  const writing = lock.write()
  const reading = lock.read()
  tell(doomed)
  const writer = await writing
  assert.equal(writer.ownerDied, false)
  writer.unlock()
  assert.equal((await reading).ownerDied, false)
  ;(await reading).unlock()
})

test('a writer that is killed is told to all who come, until one of them repairs', async () => {
  const { lock, counters, c } = shared()
  const doomed = c('die-write')
  assert.equal(await doomed.line(), 'write 0')
  const reading = lock.read()
  const writing = lock.write()
  tell(doomed)
  const reader = await reading
  assert.equal(reader.ownerDied, true)
  assert.notEqual(counters[0], counters[1])
  reader.unlock()
  const writer = await writing
  assert.equal(writer.ownerDied, true)
  counters[1] = counters[0] ?? 0n
  writer.makeConsistent()
  assert.throws(() => writer.makeConsistent(), { code: 'EINVAL' })
  writer.unlock()
  const after = lock.readSync()
  assert.equal(after.ownerDied, false)
  after.unlock()
})

test('C is told of a dead writer too, and repairs', async () => {
  const { lock, counters, c } = shared()
  const doomed = c('die-write')
  assert.equal(await doomed.line(), 'write 0')
  tell(doomed)
  await doomed.ended
  const { stdout } = await c('repair').ended
  assert.equal(stdout, 'write EOWNERDEAD\nconsistent 0\n')
  assert.equal(counters[0], counters[1])
  lock.writeSync().unlock()
})

for (const where of ['here', 'in C']) {
  test(`unlocked ${where} without a repair, the lock is lost to everybody`, async () => {
    const { lock, c, again } = shared()
    const doomed = c('die-write')
    assert.equal(await doomed.line(), 'write 0')
    tell(doomed)
    if (where === 'here') (await lock.write()).unlock()
    else assert.equal((await c('spoil').ended).stdout, (await doomed.ended) && 'write EOWNERDEAD\n')
    const lost = { code: 'ENOTRECOVERABLE' }
    assert.throws(() => lock.tryRead(), lost)
    assert.throws(() => lock.writeSync(), lost)
    await assert.rejects(lock.read(), lost)
    await Promise.all([lock.write(), lock.write()].map((one) => assert.rejects(one, lost)))
    assert.equal(await c('try-read').line(), 'read ENOTRECOVERABLE')
    again().writeSync().unlock()
  })
}

test('readers never see what a writer has half done, in C and here', async () => {
  const { lock, counters, c } = shared(3)
  const peers = [c('count', '1500'), c('look', '3000')]
  for (let round = 0; round < 500; round++) {
    {
      using _held = await lock.write()
      counters[0] = (counters[0] ?? 0n) + 1n
      if (round % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
      counters[1] = (counters[1] ?? 0n) + 1n
    }
    using _held = await lock.read()
    assert.equal(counters[0], counters[1])
  }
  for (const { ended } of peers) assert.match((await ended).stdout, / 0\n0 halves\n$/)
  assert.equal(counters[0], 2000n)
})
