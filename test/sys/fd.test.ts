import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, Fd, fcntl, must, pipe2, SysError } from 'hutong/sys'
import { fixture } from '../support/child.ts'
import { descriptors } from '../support/leaks.ts'

function openPair(): [Fd, Fd] {
  const ends = pipe2(constants.O_CLOEXEC)
  assert.ok(Array.isArray(ends))
  return [new Fd(ends[0], 'reader'), new Fd(ends[1], 'writer')]
}

test('closing is idempotent, and every use after it is EBADF before any system call', () => {
  const [reader, writer] = openPair()
  const number = reader.number
  reader.close()
  reader.close()
  assert.equal(reader.closed, true)
  assert.equal(reader.raw, -1)
  assert.ok(!descriptors().has(String(number)))
  assert.throws(() => reader.number, { name: 'SysError', code: 'EBADF', message: /reader/ })
  assert.throws(() => reader.duplicate(), { code: 'EBADF' })
  assert.throws(() => reader.release(), { code: 'EBADF' })
  writer.close()
})

test('a duplicate is another descriptor of the same description, and closed on exec', () => {
  const [reader, writer] = openPair()
  const copy = reader.duplicate('copy')
  assert.notEqual(copy.number, reader.number)
  assert.equal(descriptors().get(String(copy.number)), descriptors().get(String(reader.number)))
  assert.equal(fcntl(copy.number, constants.F_GETFD, 0), constants.FD_CLOEXEC)
  for (const fd of [reader, writer, copy]) fd.close()
})

test('a released descriptor belongs to the caller and stays open', () => {
  const [reader, writer] = openPair()
  const number = reader.release()
  assert.equal(reader.closed, true)
  assert.ok(descriptors().has(String(number)))
  new Fd(number).close()
  writer.close()
})

test('an adopted descriptor becomes close-on-exec; one that is not open is EBADF', () => {
  const [reader, writer] = openPair()
  const number = reader.release()
  must(fcntl(number, constants.F_SETFD, 0), 'fcntl')
  const adopted = Fd.adopt(number, 'inherited')
  assert.equal(fcntl(number, constants.F_GETFD, 0), constants.FD_CLOEXEC)
  adopted.close()
  writer.close()
  assert.throws(() => Fd.adopt(9999, 'inherited'), { code: 'EBADF', message: /inherited \(fd 9999\)/ })
})

test('what is registered runs before the descriptor is closed, while it is still open', () => {
  const [reader, writer] = openPair()
  const number = reader.number
  let open = false
  reader.beforeClose(() => {
    open = descriptors().has(String(number))
  })
  reader.close()
  assert.equal(open, true)
  writer.close()
})

test('a descriptor that somebody else closed is reported', () => {
  const [reader, writer] = openPair()
  new Fd(reader.number).close()
  assert.throws(() => reader.close(), { code: 'EBADF', message: /Somebody else closed it/ })
  writer.close()
})

for (const wrong of [-1, 1.5, Number.NaN, 2 ** 31]) {
  test(`${wrong} is no descriptor's number`, () => {
    assert.throws(() => new Fd(wrong), { name: 'RangeError', message: /fd must be/ })
  })
}

test('a negative result becomes a SysError that names call and object', () => {
  assert.throws(
    () => must(-2, 'open', { path: '/nowhere' }),
    (error) => {
      assert.ok(error instanceof SysError)
      assert.deepEqual(
        [error.code, error.errno, error.syscall, error.path],
        ['ENOENT', -2, 'open', '/nowhere'],
      )
      return true
    },
  )
  assert.equal(must(7, 'open'), 7)
})

test('a descriptor that is collected while open is closed, with a warning', async () => {
  const { code, stdout, stderr } = await fixture('sys/dropped-fd').ended
  assert.deepEqual([code, stdout], [0, 'closed\n'], stderr)
  assert.match(stderr, /HUTONG_LEAK.*forgotten \(fd \d+\) was collected while open/)
})
