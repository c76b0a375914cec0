// Ends that are handed to children and taken there, with peers in C and the shell.
import assert from 'node:assert/strict'
import { readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { Pipe } from 'hutong'
import { constants, fcntl } from 'hutong/sys'
import { fixture, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import { cleanUp } from '../support/leaks.ts'

const text = new TextDecoder()

function pipe(options?: Parameters<typeof Pipe.create>[0]): Pipe {
  const made = Pipe.create(options)
  cleanUp(() => made.close())
  return made
}

async function drain({ reader }: Pipe): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of reader) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function isNonblocking(fd: number): boolean {
  return (fcntl(fd, constants.F_GETFL, 0) & constants.O_NONBLOCK) !== 0
}

test('an end handed to a child is blocking, whatever was done with it before', async () => {
  const { reader, writer } = pipe()
  assert.equal(reader.tryRead(), undefined)
  assert.equal(isNonblocking(reader.fd), true)
  const child = start('cat', [], { stdio: [reader.inherit(), 'pipe', 'inherit'] })
  assert.equal(isNonblocking(reader.fd), false)
  reader.close()
  await writer.write('through cat')
  writer.close()
  assert.equal((await child.ended).stdout, 'through cat')
})

test('an end on which operations wait is not handed over', async () => {
  const { reader, writer } = pipe()
  const reading = reader.read()
  assert.throws(() => reader.inherit(), { code: 'EBUSY' })
  writer.writeSync('x')
  await reading
  assert.equal(reader.inherit(), reader.fd)
})

test('an end that was handed over can still be used here, and stays blocking', async () => {
  const { reader, writer } = pipe()
  reader.inherit()
  const reading = reader.read()
  assert.equal(reader.tryRead(), undefined)
  await writer.write('late')
  assert.equal(text.decode((await reading) ?? undefined), 'late')
  await assert.rejects(reader.read({ timeout: 5 }), { name: 'TimeoutError' })
  assert.equal(isNonblocking(reader.fd), false)
})

for (const form of ['async', 'sync', 'iterate', 'stream']) {
  test(`a child takes its ends and copies from one to the other: ${form}`, async () => {
    const [there, back] = [pipe(), pipe()]
    const child = fixture('pipe/copy', [form], {
      stdio: ['ignore', 'pipe', 'pipe', there.reader.inherit(), back.writer.inherit()],
    })
    there.reader.close()
    back.writer.close()
    const sent = Buffer.alloc(300_000, 'hutong ')
    const writing = there.writer.write(sent).then(() => there.writer.close())
    assert.ok(sent.equals(await drain(back)))
    await writing
    const { code, stderr } = await child.ended
    assert.equal(code, 0, stderr)
  })
}

test('taking an inherited end leaves the description that others share blocking', async () => {
  const { reader, writer } = pipe()
  const child = fixture('pipe/take', [], { stdio: ['ignore', 'pipe', 'pipe', reader.inherit()] })
  assert.equal(await child.line(), 'waiting')
  assert.equal(isNonblocking(reader.fd), false)
  await writer.write('!')
  assert.equal(await child.line(), '!')
  assert.equal((await child.ended).code, 0)
})

test('where a description of its own is denied, a child of another user still reads without blocking its loop', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can start a child as another user')
  const { reader, writer } = pipe()
  const child = fixture('pipe/take', [], {
    stdio: ['ignore', 'pipe', 'pipe', reader.inherit()],
    uid: 65534,
    gid: 65534,
  })
  assert.equal(await child.line(), 'waiting')
  assert.equal(isNonblocking(reader.fd), false)
  await writer.write('!')
  assert.equal(await child.line(), '!')
  assert.equal((await child.ended).code, 0)
})

test('a standard stream that is taken leaves /dev/null behind', async () => {
  const { reader, writer } = pipe()
  const child = fixture('pipe/stdin', [], { stdio: [reader.inherit(), 'pipe', 'inherit'] })
  reader.close()
  await writer.write('as standard input')
  writer.close()
  assert.equal((await child.ended).stdout, 'as standard input\n/dev/null\n')
})

test('writers in C that share a pipe: no message of up to PIPE_BUF bytes is torn', async () => {
  const made = pipe()
  const peer = compile('pipe/writer.c')
  const [writers, rounds, size] = [3, 400, 1000]
  const children = Array.from({ length: writers }, (_, i) =>
    start(peer, [String.fromCharCode(97 + i), String(size), String(rounds)], {
      stdio: ['ignore', made.writer.inherit(), 'inherit'],
    }),
  )
  made.writer.close()
  const all = await drain(made)
  await Promise.all(children.map((child) => child.ended))
  assert.equal(all.length, writers * rounds * size)
  for (let at = 0; at < all.length; at += size) {
    const message = all.subarray(at, at + size)
    assert.ok(
      message.every((byte) => byte === message[0]),
      `torn at ${at}`,
    )
  }
})

test('a reader in C counts what was written, and the end', async () => {
  const { reader, writer } = pipe()
  const child = start(compile('pipe/reader.c'), [], { stdio: [reader.inherit(), 'pipe', 'inherit'] })
  reader.close()
  for (let i = 0; i < 100; i++) await writer.write(new Uint8Array(1000).fill(1))
  writer.close()
  assert.equal((await child.ended).stdout, '100000 bytes, sum 100000\n')
})

test('children of no concern inherit neither end', async () => {
  const { reader } = pipe()
  const child = start('ls', ['-l', '/proc/self/fd'])
  assert.ok(!(await child.ended).stdout.includes(readlinkSync(`/proc/self/fd/${reader.fd}`)))
})
