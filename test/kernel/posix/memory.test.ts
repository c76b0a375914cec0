import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PosixMemory } from 'hutong'
import { start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import { uniqueName } from '../../support/leaks.ts'
import { fixtures } from '../../support/paths.ts'

const peer = (): string => compile('shared-memory.c', '-lrt')

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await start(peer(), args).ended
  assert.equal(code, 0, stdout + stderr)
  return stdout
}

/** A fresh name, removed after `use` whatever happens. */
async function named(use: (name: string) => void | Promise<void>): Promise<void> {
  const name = `/${uniqueName()}`
  try {
    await use(name)
  } finally {
    rmSync(`/dev/shm${name}`, { force: true })
  }
}

test('create makes an object of the wanted size, reserved, 0600; it stays after close and goes with unlink', () =>
  named((name) => {
    const memory = PosixMemory.create(name, { size: 10_000 })
    const { size, mode, blocks } = statSync(`/dev/shm${name}`)
    assert.deepEqual([size, mode & 0o777, memory.size, memory.created], [10_000, 0o600, 10_000, true])
    assert.ok(blocks * 512 >= 10_000)
    assert.throws(() => PosixMemory.create(name, { size: 1 }), { code: 'EEXIST' })
    memory.close()
    PosixMemory.open(name).close()
    PosixMemory.unlink(name)
    assert.throws(() => PosixMemory.open(name), { code: 'ENOENT', path: `/dev/shm${name}` })
    assert.throws(() => PosixMemory.unlink(name), { code: 'ENOENT' })
  }))

test('a C program opens what we made', () =>
  named(async (name) => {
    using memory = PosixMemory.create(name, { size: 8192 })
    using mapping = memory.map()
    mapping.writeCString('from here')
    assert.equal(await run('read', name), 'from here\n')
    await Promise.all([run('add', name), run('add', name), run('add', name)])
    assert.equal(mapping.view(Int32Array, 4096)[0], 3)
  }))

test('we open what a C program made', () =>
  named(async (name) => {
    await run('create', name, 'from there')
    using memory = PosixMemory.open(name)
    using mapping = memory.map()
    assert.deepEqual([memory.size, memory.created, mapping.readCString()], [8192, false, 'from there'])
    mapping.print(0, 'answer %03d', 42)
    assert.equal(await run('read', name), 'answer 042\n')
  }))

test("Python's multiprocessing.shared_memory shares it too", () =>
  named(async (name) => {
    using memory = PosixMemory.create(name, { size: 4096 })
    using mapping = memory.map()
    mapping.writeCString('hello')
    const { code, stdout, stderr } = await start('python3', [
      join(fixtures, 'shared_memory.py'),
      name.slice(1),
    ]).ended
    assert.deepEqual([stderr, code, stdout], ['', 0, '4096\n'])
    assert.equal(mapping.readCString(), 'HELLO')
  }))

test('openOrCreate makes what is missing and takes what is there, also when many do it at once', () =>
  named((name) => {
    using first = PosixMemory.openOrCreate(name, { size: 100 })
    using second = PosixMemory.openOrCreate(name, { size: 50 })
    using third = PosixMemory.openOrCreate(name, { size: 5000 })
    assert.deepEqual([first.created, second.created, third.created], [true, false, false])
    assert.deepEqual([first.size, third.size], [5000, 5000])
  }))

test('an object opened read-only maps read-only', () =>
  named((name) => {
    using writer = PosixMemory.create(name, { size: 4096 })
    using memory = PosixMemory.open(name, { readOnly: true })
    using mapping = memory.map()
    assert.deepEqual([memory.readOnly, mapping.readOnly], [true, true])
    assert.throws(() => memory.map({ readOnly: false }), { code: 'EACCES' })
    assert.throws(() => memory.resize(8192), { code: 'EBADF' })
    assert.throws(() => memory.resize(1), { code: 'EINVAL' })
    using copy = memory.map({ copyOnWrite: true })
    copy.bytes[0] = 1
    using original = writer.map()
    assert.equal(original.bytes[0], 0)
  }))

test('resize changes the object; a mapping of what was cut off is lost', () =>
  named((name) => {
    using memory = PosixMemory.create(name, { size: 4096 })
    memory.resize(100_000)
    assert.equal(statSync(`/dev/shm${name}`).size, 100_000)
    using mapping = memory.map()
    const { bytes } = mapping
    memory.resize(4096)
    assert.equal(bytes[50_000], 0)
    assert.equal(mapping.lost, true)
    using part = memory.map({ length: 10 })
    part.resize(9000)
    assert.equal(memory.size, 9000)
  }))

test('a name that shm_open does not allow is refused, and nothing is made', () => {
  const before = readdirSync('/dev/shm').length
  for (const name of ['', 'x', '/', '//x', '/a/b', '/a\0b', '/.', '/..', '/../x', `/${'n'.repeat(255)}`]) {
    assert.throws(
      () => PosixMemory.create(name, { size: 1 }),
      /RangeError: name must be/,
      JSON.stringify(name),
    )
    assert.throws(() => PosixMemory.unlink(name), /RangeError: name must be/)
  }
  for (const name of [undefined, 7, null, {}]) {
    assert.throws(() => PosixMemory.open(name as never), /TypeError: name must be a string/)
  }
  assert.equal(readdirSync('/dev/shm').length, before)
})

test('the longest name works', () =>
  named((short) => {
    const name = short.padEnd(255, 'x')
    using memory = PosixMemory.create(name, { size: 1 })
    PosixMemory.unlink(name)
    assert.equal(memory.size, 1)
  }))

test('wrong options are refused by name', () => {
  const bad: readonly [object | undefined, RegExp][] = [
    [undefined, /TypeError: options must be an object/],
    [{}, /TypeError: size must be a number/],
    [{ size: -1 }, /RangeError: size/],
    [{ size: Number.NaN }, /RangeError: size/],
    [{ size: 2 ** 60 }, /RangeError: size/],
    [{ size: 1, mode: '600' }, /TypeError: mode/],
    [{ size: 1, mode: 0o10000 }, /RangeError: mode/],
  ]
  for (const [options, message] of bad) {
    assert.throws(() => PosixMemory.create('/hutong-never', options as never), message)
  }
})

test('a link in /dev/shm is not followed', () =>
  named((name) => {
    const target = `/dev/shm${name}-target`
    writeFileSync(target, 'x')
    symlinkSync(target, `/dev/shm${name}`)
    try {
      assert.throws(() => PosixMemory.open(name), { code: 'ELOOP' })
      assert.throws(() => PosixMemory.openOrCreate(name, { size: 1 }), { code: 'ELOOP' })
      assert.throws(() => PosixMemory.create(name, { size: 1 }), { code: 'EEXIST' })
    } finally {
      unlinkSync(target)
    }
  }))

test('after close every use is EBADF, and mappings go on', () =>
  named((name) => {
    const memory = PosixMemory.create(name, { size: 4096 })
    using mapping = memory.map()
    memory.close()
    memory.close()
    for (const use of [() => memory.size, () => memory.resize(1), () => memory.map(), () => memory.fd])
      assert.throws(use, { code: 'EBADF' })
    mapping.bytes[0] = 1
    assert.throws(() => mapping.resize(8192), { code: 'EBADF' })
    assert.equal(mapping.bytes[0], 1)
  }))
