import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInfo } from '#src/inspect/proc/descriptor.ts'
import { parseStat } from '#src/inspect/proc/process.ts'
import { deviceText, parseMaps } from '#src/inspect/proc/region.ts'
import { constants } from '#src/sys/constants.ts'

const REST = 'S 17 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 10'

test('a process may be called anything, also what looks like the rest of its line', () => {
  for (const command of ['cat', 'a b', ') R 1', '((', 'x\ny', '']) {
    const { state, parent, startTime, kernelThread, command: got } = parseStat(`42 (${command}) ${REST}\n`)
    assert.deepEqual([got, state, parent, startTime, kernelThread], [command, 'S', 17, 98765, false])
  }
})

test('a kernel thread is known by its flag', () => {
  assert.equal(parseStat(`2 (kthreadd) ${REST.replace('4194560', '2129984')}\n`).kernelThread, true)
})

test('a mapping tells its part, its access and its inode', () => {
  const line = '7f0000001000-7f0000003000 rw-s 00002000 00:1b 4242                       /dev/shm/a b'
  assert.deepEqual(parseMaps(7, `${line}\n`), [
    {
      pid: 7,
      from: '7f0000001000',
      to: '7f0000003000',
      role: 'both',
      shared: true,
      offset: 8192,
      device: '0:27',
      inode: '4242',
      path: '/dev/shm/a b',
      deleted: false,
    },
  ])
})

test('roles of mappings: a private one never writes to others', () => {
  const roles = ['r--s', '-w-s', 'rw-s', '---s', 'r--p', 'rw-p'].map(
    (flags) => parseMaps(1, `1000-2000 ${flags} 0 08:01 5 /x`)[0]?.role,
  )
  assert.deepEqual(roles, ['reader', 'writer', 'both', 'none', 'reader', 'reader'])
})

test('a deleted name and an escaped newline are read; heap, stack and nameless memory are left out', () => {
  const text = [
    '1000-2000 rw-s 0 00:01 9 /memfd:x\\012y (deleted)',
    '2000-3000 rw-p 0 00:00 0 [heap]',
    '3000-4000 rw-p 0 00:00 0 ',
  ].join('\n')
  assert.deepEqual(
    parseMaps(1, text).map(({ path, deleted }) => [path, deleted]),
    [['/memfd:x\ny', true]],
  )
})

test('a device number is written as in maps', () => {
  assert.equal(deviceText(0xfe00n), '254:0')
  assert.equal(deviceText(0x1bn), '0:27')
  assert.equal(deviceText(((0x12345n << 12n) & ~0xfffffn) | (8n << 8n) | 0x45n), `8:${0x12345}`)
})

test('fdinfo tells access, blocking and O_PATH by its octal flags', () => {
  const info = (flags: number) => {
    const { role, blocking, pathOnly } = parseInfo(`pos:\t0\nflags:\t0${flags.toString(8)}\nmnt_id:\t15\n`)
    return [role, blocking, pathOnly]
  }
  assert.deepEqual(info(constants.O_RDONLY), ['reader', true, false])
  assert.deepEqual(info(constants.O_WRONLY | constants.O_NONBLOCK), ['writer', false, false])
  assert.deepEqual(info(constants.O_RDWR | constants.O_CLOEXEC), ['both', true, false])
  assert.deepEqual(info(constants.O_PATH), ['reader', true, true])
})
