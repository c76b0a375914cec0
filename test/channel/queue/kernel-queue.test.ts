import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PosixQueue, SysvQueue } from 'hutong'
import { consume, holdQueue, produce } from 'hutong/channel'
import { numbers, take } from '../../support/jobs.ts'
import { uniqueKey, uniqueName, uniquePath } from '../../support/leaks.ts'

test('the queues of the kernel carry jobs, at most once', async () => {
  const name = `/${uniqueName()}`
  const key = uniqueKey()
  using posix = PosixQueue.create(name)
  const sysv = SysvQueue.create(key)
  for (const at of [`posix-mq:${name}`, `sysv-mq:${key}`]) {
    await using producer = await produce(at, numbers)
    await assert.rejects(consume(at, numbers), /acknowledge must be false/)
    await using worker = await consume(at, { ...numbers, acknowledge: false })
    assert.equal(worker.tryReceive(), undefined)
    await producer.send(1)
    assert.equal(producer.trySend(2), true)
    const [first, second] = await take(worker, 2)
    assert.deepEqual([first?.message, second?.message, first?.redelivered], [1, 2, false])
    first?.acknowledge()
    assert.throws(() => second?.giveBack(), /take nothing back/)
    await assert.rejects(worker.receive({ timeout: 1 }), { code: 'ETIMEDOUT' })
  }
  sysv.remove()
  sysv.close()
  PosixQueue.unlink(name)
  posix.close()
})

test('misuse names the option', async () => {
  await assert.rejects(holdQueue('posix-mq:/x'), /Channels listen at/)
  await assert.rejects(holdQueue('shm:x', { most: 0 }), /most must be 1 or more jobs, not 0/)
  await assert.rejects(consume('shm:x', { atOnce: 0 }), /atOnce must be 1 to 65536 jobs, not 0/)
  await assert.rejects(produce(`shm:${await uniquePath()}`), { code: 'ENOENT' })
})
