// What is refused before any system call, naming the option.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pipe, PosixQueue } from 'hutong'
import { freshQueue } from '../../support/queue.ts'

test('a name that mq_open does not allow is refused before the call', () => {
  for (const name of [
    '',
    'x',
    '/',
    '//x',
    '/a/b',
    '/a\0b',
    '/.',
    '/..',
    `/${'n'.repeat(256)}`,
    `/${'é'.repeat(128)}`,
  ]) {
    for (const use of [PosixQueue.create, PosixQueue.open, PosixQueue.openOrCreate, PosixQueue.unlink]) {
      assert.throws(() => use(name), /RangeError: name must be/, JSON.stringify(name))
    }
  }
  for (const name of [undefined, 7, null, {}]) {
    assert.throws(() => PosixQueue.open(name as never), /TypeError: name must be a string/)
  }
})

test('wrong options are refused by name', async () => {
  const bad: readonly [object | null, RegExp][] = [
    [{ maxMessages: 0 }, /RangeError: maxMessages must be a whole number, 1 or more, not 0/],
    [{ maxMessages: 1.5 }, /RangeError: maxMessages/],
    [{ messageSize: -1 }, /RangeError: messageSize/],
    [{ messageSize: '64' }, /TypeError: messageSize must be a number/],
    [{ mode: 0o10000 }, /RangeError: mode/],
    [{ access: 'write-only' }, /TypeError: access must be 'read', 'write' or 'both', not "write-only"/],
    [null, /TypeError: options must be an object/],
  ]
  for (const [options, message] of bad) {
    assert.throws(() => PosixQueue.create('/never', options as never), message)
    assert.throws(() => PosixQueue.openOrCreate('/never', options as never), message)
  }
  const queue = freshQueue()
  for (const priority of [-1, 32_768, 1.5, Number.NaN, '1' as never]) {
    const message = /RangeError: priority must be a whole number from 0 to 32767/
    assert.throws(() => queue.sendSync('x', { priority }), message)
    assert.throws(() => queue.trySend('x', { priority }), message)
    await assert.rejects(queue.send('x', { priority }), message)
  }
  await assert.rejects(queue.send(7 as never), /TypeError: data must be/)
  await assert.rejects(
    queue.receiveInto([] as never),
    /TypeError: target must be a typed array or DataView, not Array/,
  )
  await assert.rejects(queue.receive({ timeout: -1 }), /RangeError: timeout/)
  await assert.rejects(queue.receive({ signal: 1 as never }), /TypeError: signal/)
  assert.throws(() => queue.receiveSync({ timeout: Number.NaN }), /RangeError: timeout/)
  assert.throws(() => queue.setNonblocking(1 as never), /TypeError: nonblocking/)
  for (const signal of [0, 65, 1.5, 'SIGNOTHING' as never]) {
    assert.throws(() => queue.notifyBySignal(signal), { name: 'RangeError', message: /signal/i })
  }
  assert.throws(
    () => queue.notifyBySignal('SIGRTMAX-5'),
    /RangeError: signal SIGRT\S+ is one that hutong keeps/,
  )
  const message = /RangeError: value must be a whole number of 32 bits/
  assert.throws(() => queue.notifyBySignal('SIGUSR2', 2 ** 31), message)
  assert.equal(queue.queued, 0)
})

test('from a descriptor of something else is EINVAL, and leaves it open', () => {
  using pipe = Pipe.create()
  assert.throws(() => PosixQueue.from(pipe.reader.fd), {
    code: 'EINVAL',
    message: /no POSIX message queue but pipe:/,
  })
  const { fd } = pipe.reader
  pipe.writer.writeSync('open')
  assert.equal(pipe.reader.readSync()?.length, 4)
  pipe.close()
  assert.throws(() => PosixQueue.from(fd), { code: 'EBADF', message: /Was it opened/ })
  assert.throws(() => PosixQueue.from(-1), /RangeError: fd must be/)
  assert.throws(() => PosixQueue.from('3' as never), /TypeError: fd must be/)
})
