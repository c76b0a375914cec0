// SysvMemory: the segment.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ftok, SysvMemory, type SysvMemoryStat } from 'hutong'
import { fixture } from '../../support/child.ts'
import { freeHugePages, withHugePages } from '../../support/huge-pages.ts'
import { cleanUp, uniqueKey, uniquePath } from '../../support/leaks.ts'

function made(size: number): SysvMemory {
  const memory = SysvMemory.createPrivate({ size })
  cleanUp(() => {
    if (listed(memory.id) !== undefined) SysvMemory.from(memory.id).remove()
  })
  return memory
}

function listed(id: number): SysvMemoryStat | undefined {
  return SysvMemory.list().find((segment) => segment.id === id)
}

test('create, open, openOrCreate, createPrivate, from and remove', () => {
  const key = uniqueKey()
  assert.throws(() => SysvMemory.open(key), { code: 'ENOENT', syscall: 'shmget', message: /create makes it/ })
  const memory = SysvMemory.create(key, { size: 100 })
  assert.deepEqual([memory.created, memory.size, memory.key], [true, 100, key])
  assert.throws(() => SysvMemory.create(key, { size: 100 }), { code: 'EEXIST' })
  const either = SysvMemory.openOrCreate(key, { size: 50 })
  assert.deepEqual([either.created, either.size, either.id], [false, 100, memory.id])
  const opened = SysvMemory.open(key, { access: 'both' })
  const from = SysvMemory.from(memory.id)
  assert.deepEqual([opened.id, opened.size, from.key, from.created], [memory.id, 100, key, false])
  memory.remove()
  assert.throws(() => opened.attach(), { code: 'EIDRM', syscall: 'shmat', message: /removed/ })
  const again = SysvMemory.openOrCreate(key, { size: 10 })
  assert.deepEqual([again.created, again.size], [true, 10])
  again.remove()
  assert.throws(() => SysvMemory.from(memory.id), { code: 'EINVAL', message: /There is none/ })
})

test('it survives its maker, also with a key of a file and a project', async () => {
  const path = await uniquePath()
  writeFileSync(path, '')
  const key = ftok(path, 7)
  const child = fixture('sysv/memory-maker', [String(key)])
  const { code, stderr } = await child.ended
  assert.deepEqual([stderr, code], ['', 0])
  const memory = SysvMemory.open({ path, project: 7 })
  const { creator, lastPid, attached, permissions } = memory.stat()
  assert.deepEqual([creator, lastPid, attached, permissions.mode], [child.pid, child.pid, 0, 0o640])
  const mapping = memory.attach()
  assert.equal(mapping.readCString(4500), 'still here')
  assert.equal(mapping.length, 5000)
  mapping.close()
  memory.remove()
})

test('stat follows what happens', () => {
  const memory = made(10_000)
  const fresh = memory.stat()
  assert.deepEqual(
    [
      fresh.size,
      fresh.pages,
      fresh.creator,
      fresh.lastPid,
      fresh.attached,
      fresh.attachedAt,
      fresh.detachedAt,
    ],
    [10_000, 3, process.pid, 0, 0, undefined, undefined],
  )
  assert.deepEqual([fresh.locked, fresh.removed], [false, false])
  const mapping = memory.attach()
  const used = memory.stat()
  assert.deepEqual([used.attached, used.lastPid, used.detachedAt], [1, process.pid, undefined])
  assert.ok(used.attachedAt !== undefined && used.attachedAt >= used.changedAt)
  mapping.close()
  assert.ok(memory.stat().detachedAt !== undefined)
  memory.set({ mode: 0o444 })
  assert.equal(memory.stat().permissions.mode, 0o444)
})

test('removed while attached: it stays until the last one detaches, and can be attached by its id', () => {
  const key = uniqueKey()
  const memory = SysvMemory.create(key, { size: 100 })
  const first = memory.attach()
  first.bytes[0] = 5
  memory.remove()
  assert.deepEqual([memory.stat().removed, memory.stat().permissions.key], [true, 0])
  assert.throws(() => SysvMemory.open(key), { code: 'ENOENT' })
  const second = memory.attach({ readOnly: true })
  first.close()
  assert.equal(second.bytes[0], 5)
  assert.equal(listed(memory.id)?.removed, true)
  second.close()
  assert.equal(listed(memory.id), undefined)
  assert.throws(() => memory.stat(), { code: 'EIDRM' })
})

test('lock and unlock', (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root')
  const memory = made(4096)
  memory.lock()
  assert.equal(memory.stat().locked, true)
  memory.unlock()
  assert.equal(memory.stat().locked, false)
})

test('the list and the limits are those of /proc', () => {
  const memory = made(5000)
  assert.deepEqual(listed(memory.id), memory.stat())
  const system = SysvMemory.system()
  const limit = (name: string): number => Number(readFileSync(`/proc/sys/kernel/${name}`, 'utf8'))
  assert.deepEqual(
    [system.largest, system.mostSegments, system.most],
    [limit('shmmax'), limit('shmmni'), limit('shmall') * 4096],
  )
  assert.ok(system.segments >= 1 && system.size >= 8192)
})

test('ipcs, ipcmk and ipcrm see the same', () => {
  const memory = SysvMemory.create(uniqueKey(), { size: 5000, mode: 0o640 })
  const mapping = memory.attach()
  const about = execFileSync('ipcs', ['-m', '-i', String(memory.id)], { encoding: 'utf8' })
  assert.match(about, /mode=0?640\s+access_perms=0640/)
  assert.match(about, new RegExp(`bytes=5000\\s+lpid=${process.pid}\\s+cpid=${process.pid}\\s+nattch=1`))
  execFileSync('ipcrm', ['-m', String(memory.id)])
  assert.equal(memory.stat().removed, true)
  assert.match(
    execFileSync('ipcs', ['-m'], { encoding: 'utf8' }),
    new RegExp(`${memory.id} .* 5000 +1 +dest`),
  )
  mapping.close()
  const told = execFileSync('ipcmk', ['-M', '1234', '-p', '0600'], { encoding: 'utf8' })
  const theirs = SysvMemory.from(Number(/\d+/.exec(told)?.[0]))
  assert.equal(theirs.size, 1234)
  theirs.remove()
})

test('huge pages: ENOMEM when too few are set aside, which the error says', () => {
  withHugePages(0, () => {
    const size = (freeHugePages() + 1) * (2 << 20)
    const make = (): SysvMemory => SysvMemory.createPrivate({ size, hugePages: '2MB' })
    assert.throws(make, { code: 'ENOMEM', syscall: 'shmget', message: /nr_hugepages/ })
  })
  assert.throws(
    () => SysvMemory.createPrivate({ size: 1, hugePages: '4KB' as never }),
    /TypeError: hugePages/,
  )
})

test('huge pages: attached, written, read only, and given back whole', (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root, to set huge pages aside')
  withHugePages(2, () => {
    const free = freeHugePages()
    if (free < 2) return t.skip('this machine has no memory for two huge pages')
    const memory = SysvMemory.createPrivate({ size: 3 << 20, hugePages: true })
    const writer = memory.attach({ populate: true })
    const reader = memory.attach({ readOnly: true })
    assert.equal(freeHugePages(), free - 2)
    writer.bytes.fill(1)
    const { bytes } = reader
    bytes[1_000_000] = 9
    assert.deepEqual([bytes[999_999], bytes[1_000_000], writer.bytes[1_000_000]], [1, 9, 1])
    assert.throws(() => reader.bytes, { code: 'ERR_READ_ONLY_WRITE' })
    writer.bytes[1_000_000] = 3
    assert.equal(bytes[1_000_000], 3)
    memory.remove()
    reader.close()
    writer.close()
    assert.equal(listed(memory.id), undefined)
    assert.equal(freeHugePages(), free)
  })
})

test('huge pages that nobody set aside: touching one is no crash', (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root, to know that there are none')
  withHugePages(0, () => {
    if (freeHugePages() > 0) return t.skip('there are some')
    const memory = SysvMemory.createPrivate({ size: 4 << 20, hugePages: true, reserve: false })
    const mapping = memory.attach()
    const { bytes } = mapping
    bytes[0] = 1
    assert.equal(mapping.lost, true)
    assert.throws(() => mapping.bytes, { code: 'ERR_MAPPING_LOST' })
    mapping.close()
    memory.remove()
  })
})

test('after close nothing works, and the segment and its mappings stay', () => {
  const key = uniqueKey()
  const memory = SysvMemory.create(key, { size: 100 })
  const mapping = memory.attach()
  memory.close()
  memory.close()
  const uses: readonly (() => unknown)[] = [
    () => memory.attach(),
    () => memory.stat(),
    () => memory.set({}),
    () => memory.lock(),
    () => memory.unlock(),
    () => memory.remove(),
  ]
  for (const use of uses) assert.throws(use, { code: 'EBADF' }, String(use))
  assert.equal(memory.closed, true)
  mapping.bytes[0] = 1
  mapping.close()
  SysvMemory.open(key).remove()
})

test('options that are wrong are named, and one that is there and smaller is EINVAL', () => {
  const key = uniqueKey()
  const memory = SysvMemory.create(key, { size: 100 })
  const cases: readonly [() => unknown, RegExp][] = [
    [() => SysvMemory.createPrivate({} as never), /TypeError: size/],
    [() => SysvMemory.createPrivate({ size: 0 }), /RangeError: size must be a whole number, 1 or more/],
    [() => SysvMemory.createPrivate(undefined as never), /TypeError: options must be an object with `size`/],
    [() => SysvMemory.createPrivate({ size: 1, mode: 0o2000 }), /RangeError: mode/],
    [() => SysvMemory.createPrivate({ size: 1, reserve: 1 as never }), /TypeError: reserve/],
    [() => SysvMemory.create(-1, { size: 1 }), /RangeError: key/],
    [() => SysvMemory.open(key, { access: 'rw' as never }), /TypeError: access/],
    [() => SysvMemory.from(1.5), /RangeError: id/],
    [() => memory.attach({ readOnly: 1 as never }), /TypeError: readOnly/],
    [() => memory.attach({ copyOnWrite: true } as never), /TypeError: copyOnWrite cannot be given/],
    [() => memory.attach({ offset: 0 } as never), /TypeError: offset cannot be given/],
    [() => memory.set({ gid: 2 ** 32 }), /RangeError: gid/],
  ]
  for (const [use, expected] of cases) {
    assert.throws(
      use,
      (error) => {
        assert.match(String(error), expected)
        return true
      },
      String(use),
    )
  }
  const smaller = { code: 'EINVAL', syscall: 'shmget', message: /fewer than 101 bytes/ }
  assert.throws(() => SysvMemory.openOrCreate(key, { size: 101 }), smaller)
  memory.remove()
})
