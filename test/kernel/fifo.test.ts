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

const O_NONBLOCK = 0o4000
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString()

/** The status flags of a descriptor's open file description. */
function flagsOf(fd: number): number {
  return Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8)
}

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

test('bytes go from writer to reader; the ends know their FIFO', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  assert.deepEqual([reader.name, writer.name], [fifo.path, fifo.path])
  assert.equal(`${writer}`, `FIFO writer of ${fifo.path} (fd ${writer.fd})`)
  assert.equal(await writer.write('through the lane'), 16)
  assert.equal(reader.queued, 16)
  assert.equal(text(await reader.read()), 'through the lane')
  writer.close()
  assert.equal(await reader.read(), null)
  reader.close()
  await assert.rejects(reader.read(), { code: 'EBADF', message: /FIFO reader of/ })
})

test('an end has an open file description of its own, non-blocking when it waits, blocking for a child', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  await assert.rejects(reader.read({ timeout: 1 }), { name: 'TimeoutError' })
  assert.equal(flagsOf(reader.fd) & O_NONBLOCK, O_NONBLOCK)
  assert.equal(flagsOf(writer.fd) & O_NONBLOCK, 0, 'the other end is not touched')
  const child = start('cat', [], { stdio: [reader.inherit(), 'pipe', 'pipe'] })
  assert.equal(flagsOf(reader.fd) & O_NONBLOCK, 0)
  reader.close()
  await writer.write('for the child')
  writer.close()
  assert.equal((await child.ended).stdout, 'for the child')
})

test('tryOpenReader never waits: reads give null until there is a writer, undefined while it is silent', async () => {
  const fifo = await fresh()
  using reader = fifo.tryOpenReader()
  assert.equal(reader.tryRead(), null)
  assert.equal(await reader.read(), null)
  const writer = fifo.tryOpenWriter()
  assert.equal(reader.tryRead(), undefined)
  const read = reader.read()
  await writer.write('now')
  assert.equal(text(await read), 'now')
  writer.close()
  assert.equal(await reader.read(), null)
})

test('tryOpenWriter without a reader: ENXIO', async () => {
  const fifo = await fresh()
  assert.throws(() => fifo.tryOpenWriter(), {
    code: 'ENXIO',
    path: fifo.path,
    message: /Nobody has this FIFO open for reading/,
  })
})

test('openBoth waits for nobody; while its writer is open nobody sees the end of file', async () => {
  const fifo = await fresh()
  const { reader, writer } = fifo.openBoth()
  assert.deepEqual([flagsOf(reader.fd) & 3, flagsOf(writer.fd) & 3], [0, 1])
  writer.writeSync('to myself')
  assert.equal(text(reader.tryRead()), 'to myself')
  for (const word of ['first', 'second']) {
    const guest = fifo.tryOpenWriter()
    guest.writeSync(word)
    guest.close()
    assert.equal(text(await reader.read()), word)
    assert.equal(reader.tryRead(), undefined, 'the guest has gone, and that is not the end')
  }
  writer.close()
  assert.equal(await reader.read(), null)
  reader.close()
})

test('null when the last writer closes, and bytes again when a new one comes', async () => {
  const fifo = await fresh()
  const opened = [fifo.openWriter(), fifo.openWriter()]
  using reader = await fifo.openReader()
  const [first, second] = await Promise.all(opened)
  await first?.write('1')
  first?.close()
  assert.equal(text(await reader.read()), '1')
  await assert.rejects(reader.read({ timeout: 5 }), { name: 'TimeoutError' }, 'one writer is left')
  second?.close()
  assert.equal(await reader.read(), null)
  assert.equal(reader.readSync(), null, 'and stays so')
  using third = fifo.tryOpenWriter()
  await third.write('3')
  assert.equal(text(await reader.read()), '3')
})

test('openReader again waits for the next writer, while the old end keeps the bytes', async () => {
  const fifo = await fresh()
  const old = fifo.tryOpenReader()
  assert.equal(old.tryRead(), null)
  const next = fifo.openReader()
  const writer = fifo.tryOpenWriter()
  await writer.write('kept')
  using reader = await next
  old.close()
  writer.close()
  assert.equal(text(await reader.read()), 'kept')
  assert.equal(await reader.read(), null)
})

test('EPIPE when the last reader closes, and the process lives on', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  using other = fifo.tryOpenReader()
  reader.close()
  await writer.write('there is another')
  other.close()
  await assert.rejects(writer.write('x'), { code: 'EPIPE', syscall: 'write', message: /FIFO writer of/ })
  assert.throws(() => writer.writeSync('x'), { code: 'EPIPE' })
  assert.throws(() => writer.tryWrite('x'), { code: 'EPIPE' })
  writer.close()
})

test('a write that waits for room ends with EPIPE when the reader goes', async () => {
  const fifo = await fresh()
  const [reader, writer] = await Promise.all([fifo.openReader(), fifo.openWriter()])
  const write = writer.write(new Uint8Array(1 << 20))
  setTimeout(() => reader.close(), 5)
  await assert.rejects(write, { code: 'EPIPE' })
  writer.close()
})

test('unlink removes the name only: open ends go on, and a new FIFO of the name is another', async () => {
  const fifo = await fresh()
  const { reader, writer } = fifo.openBoth()
  fifo.unlink()
  assert.throws(() => fifo.unlink(), { code: 'ENOENT', syscall: 'unlink' })
  assert.throws(() => fifo.tryOpenReader(), { code: 'ENOENT' })
  await writer.write('still here')
  const again = Fifo.create(fifo.path)
  using other = again.tryOpenReader()
  assert.equal(other.tryRead(), null)
  assert.equal(text(await reader.read()), 'still here')
  again.unlink()
  reader.close()
  writer.close()
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
