// The name: making it, finding it, and what may have taken its place.
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fifo } from 'hutong'
import { fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { cleanUp, prefix, uniquePath } from '../support/leaks.ts'

async function fresh(): Promise<Fifo> {
  return Fifo.create(await uniquePath())
}

test('create makes a FIFO for its owner only, unless told otherwise, less the umask', async () => {
  const before = process.umask(0o027)
  cleanUp(() => process.umask(before))
  const own = await fresh()
  const wide = Fifo.create(await uniquePath(), { mode: 0o666 })
  const opened = Fifo.openOrCreate(await uniquePath(), { mode: 0o622 })
  const modes = [own, wide, opened].map(({ path }) => statSync(path).mode.toString(8))
  assert.deepEqual(modes, ['10600', '10640', '10600'])
  for (const fifo of [own, wide, opened]) {
    fifo.unlink()
    assert.equal(existsSync(fifo.path), false)
  }
})

test('create never follows a link; open does, openOrCreate refuses', async () => {
  const [link, dangling] = [await uniquePath(), await uniquePath()]
  const fifo = await fresh()
  symlinkSync(fifo.path, link)
  symlinkSync(`${dangling}.nowhere`, dangling)
  assert.throws(() => Fifo.create(dangling), { code: 'EEXIST', path: dangling })
  assert.throws(() => Fifo.create(link), { code: 'EEXIST' })
  assert.throws(() => Fifo.openOrCreate(dangling), { code: 'ELOOP', message: /symbolic link/ })
  assert.throws(() => Fifo.openOrCreate(link), { code: 'ELOOP', path: link })
  assert.equal(existsSync(`${dangling}.nowhere`), false)

  using reader = Fifo.open(link).tryOpenReader()
  assert.equal(reader.name, fifo.path)
  Fifo.open(link).unlink() // of the link
  assert.equal(existsSync(link), false)
  assert.ok(statSync(fifo.path).isFIFO())
})

test('openOrCreate takes what is there and keeps its mode', async () => {
  const fifo = await fresh()
  chmodSync(fifo.path, 0o640)
  assert.equal(Fifo.openOrCreate(fifo.path, { mode: 0o666 }).path, fifo.path)
  assert.equal(statSync(fifo.path).mode & 0o777, 0o640)
})

test('openOrCreate is safe while others make and remove the same name', async () => {
  const path = await uniquePath()
  const children = Array.from({ length: 3 }, () => fixture('fifo/role', ['race', path]))
  for (const child of children) {
    const { code, stderr } = await child.ended
    assert.deepEqual([code, stderr], [0, ''])
  }
})

test('names with spaces, newlines, UTF-8, and of the greatest length', async () => {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
  cleanUp(() => rmSync(folder, { recursive: true }))
  for (const name of ['a b', 'two\nlines', '胡同 – é', ' ', '-n', '$(x)', '\u{1f6aa}', 'x'.repeat(255)]) {
    const fifo = Fifo.create(join(folder, name))
    const { reader, writer } = fifo.openBoth()
    assert.equal(reader.name, join(folder, name))
    reader.close()
    writer.close()
    const child = start('cat', [join(folder, name)])
    const guest = await fifo.openWriter()
    await guest.write(name)
    guest.close()
    assert.equal((await child.ended).stdout, name)
    Fifo.open(join(folder, name)).unlink()
  }
})

test('a FIFO that was replaced: what is there is refused, and stays as it was', async () => {
  const fifo = await fresh()
  const { path } = fifo
  const opens: (() => unknown)[] = [
    () => fifo.openReader(),
    () => fifo.openWriter(),
    () => fifo.openReaderSync(),
    () => fifo.openWriterSync(),
    () => fifo.tryOpenReader(),
    () => fifo.tryOpenWriter(),
    () => fifo.openBoth(),
    () => fifo.unlink(),
    () => Fifo.open(path),
    () => Fifo.openOrCreate(path),
  ]
  unlinkSync(path)
  writeFileSync(path, 'precious')
  const refused = { code: 'ERR_NOT_A_PIPE', path, message: `${path} is not a pipe or FIFO` }
  for (const open of opens) await assert.rejects(async () => open(), refused)
  assert.equal(readFileSync(path, 'utf8'), 'precious')
  unlinkSync(path)
  mkdirSync(path)
  for (const open of opens) await assert.rejects(async () => open(), refused)
  rmSync(path, { recursive: true })
  symlinkSync('/dev/null', path)
  for (const open of opens.slice(0, 8)) await assert.rejects(async () => open(), { code: 'ELOOP', path })
  unlinkSync(path)
})

test('a FIFO that is replaced again and again never yields anything else', async () => {
  const [path, file] = [await uniquePath(), await uniquePath()]
  const fifo = Fifo.create(path)
  writeFileSync(file, 'precious')
  const swap = await uniquePath()
  const child = fixture('fifo/swap', [path, file, swap])
  await child.line()
  const seen = new Set<string>()
  const end = performance.now() + 700
  while (performance.now() < end) {
    try {
      using reader = fifo.tryOpenReader()
      assert.ok(fstatSync(reader.fd).isFIFO())
      seen.add('FIFO')
    } catch (error) {
      seen.add((error as NodeJS.ErrnoException).code ?? String(error))
    }
  }
  child.process.kill('SIGKILL')
  await child.ended
  assert.deepEqual([...seen].sort(), ['ENOENT', 'ERR_NOT_A_PIPE', 'FIFO'])
})

test('a FIFO that is exchanged with a link to another never yields that one', async () => {
  const [path, link, other] = [await uniquePath(), await uniquePath(), Fifo.create(await uniquePath())]
  const fifo = Fifo.create(path)
  symlinkSync(other.path, link)
  const { ino } = statSync(other.path)
  const child = fixture('fifo/swap', [path, link, await uniquePath()])
  await child.line()
  const seen = new Set<string>()
  const end = performance.now() + 500
  while (performance.now() < end) {
    try {
      using reader = fifo.tryOpenReader()
      seen.add(fstatSync(reader.fd).ino === ino ? 'the other' : 'FIFO')
    } catch (error) {
      seen.add((error as NodeJS.ErrnoException).code ?? String(error))
    }
  }
  child.process.kill('SIGKILL')
  await child.ended
  assert.deepEqual([...seen].sort(), ['ELOOP', 'ENOENT', 'FIFO'])
})

test('arguments of the wrong type or size are refused by name, before any system call', async () => {
  const path = await uniquePath()
  const fifo = Fifo.create(path)
  const wrong = <T>(value: unknown): T => value as T
  const cases: [what: string, expected: RegExp, use: () => unknown][] = [
    ['path number', /TypeError: path must be a string, not number/, () => Fifo.create(wrong(7))],
    ['path undefined', /TypeError: path must be a string, not undefined/, () => Fifo.open(wrong(undefined))],
    [
      'path Buffer',
      /TypeError: path must be a string, not object/,
      () => Fifo.openOrCreate(wrong(Buffer.from('x'))),
    ],
    ['NUL create', /RangeError: path must not contain NUL/, () => Fifo.create('/tmp/a\0b')],
    ['NUL open', /RangeError: path must not contain NUL/, () => Fifo.open('\0')],
    ['NUL openOrCreate', /RangeError: path must not contain NUL/, () => Fifo.openOrCreate(`${path}\0`)],
    ['options null', /TypeError: options must be an object/, () => Fifo.create(path, wrong(null))],
    ['options number', /TypeError: options must be an object/, () => Fifo.openOrCreate(path, wrong(0o600))],
    [
      'mode string',
      /TypeError: mode must be a number, not string/,
      () => Fifo.create(path, { mode: wrong('600') }),
    ],
    ['mode -1', /RangeError: mode/, () => Fifo.create(path, { mode: -1 })],
    ['mode 0o10000', /RangeError: mode must be at most 0o7777/, () => Fifo.create(path, { mode: 0o10000 })],
    ['mode 1.5', /RangeError: mode/, () => Fifo.openOrCreate(path, { mode: 1.5 })],
    ['mode NaN', /RangeError: mode/, () => Fifo.create(path, { mode: Number.NaN })],
    ['timeout -1', /RangeError: timeout must be 0 to/, () => fifo.openReader({ timeout: -1 })],
    ['timeout string', /TypeError: timeout must be a number/, () => fifo.openWriter({ timeout: wrong('1') })],
    ['timeout sync', /RangeError: timeout/, () => fifo.openReaderSync({ timeout: Number.NaN })],
    ['timeout sync 2', /TypeError: timeout/, () => fifo.openWriterSync({ timeout: wrong(1n) })],
    ['signal', /TypeError: signal must be an AbortSignal/, () => fifo.openReader({ signal: wrong({}) })],
    ['ref', /TypeError: ref must be true or false, not string/, () => fifo.openReader({ ref: wrong('no') })],
  ]
  for (const [what, expected, use] of cases) await assert.rejects(async () => use(), expected, what)
})
