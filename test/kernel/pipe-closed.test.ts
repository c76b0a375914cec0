// Closed handles and bad input: each a clear error, and nothing left behind.
import assert from 'node:assert/strict'
import { openSync } from 'node:fs'
import { test } from 'node:test'
import { Fd, Mapping, Pipe, PipeReader, PipeWriter } from 'hutong'
import { cleanUp, descriptors } from '../support/leaks.ts'

function pipe(): Pipe {
  const made = Pipe.create()
  cleanUp(() => made.close())
  return made
}

const target = new Uint8Array(1)
const uses: Readonly<Record<string, (closed: Pipe, open: Pipe) => unknown>> = {
  'reader.fd': ({ reader }) => reader.fd,
  'reader.name': ({ reader }) => reader.name,
  'reader.capacity': ({ reader }) => reader.capacity,
  'writer.capacity=': ({ writer }) => {
    writer.capacity = 4096
  },
  'reader.queued': ({ reader }) => reader.queued,
  'writer.packets': ({ writer }) => writer.packets,
  'reader.read': ({ reader }) => reader.read(),
  'reader.readInto': ({ reader }) => reader.readInto(target),
  'reader.tryRead': ({ reader }) => reader.tryRead(),
  'reader.tryReadInto': ({ reader }) => reader.tryReadInto(target),
  'reader.readSync': ({ reader }) => reader.readSync(),
  'reader.readIntoSync': ({ reader }) => reader.readIntoSync(target),
  'reader.spliceTo': ({ reader }, { writer }) => reader.spliceTo(writer),
  'reader.spliceToSync': ({ reader }, { writer }) => reader.spliceToSync(writer),
  'reader.teeTo': ({ reader }, { writer }) => reader.teeTo(writer),
  'reader.teeTo a closed writer': ({ writer }, { reader }) => reader.teeTo(writer),
  'reader.inherit': ({ reader }) => reader.inherit(),
  'writer.write': ({ writer }) => writer.write('x'),
  'writer.tryWrite': ({ writer }) => writer.tryWrite('x'),
  'writer.writeSync': ({ writer }) => writer.writeSync('x'),
  'writer.spliceFrom': ({ writer }, { reader }) => writer.spliceFrom(reader),
  'writer.spliceFromSync': ({ writer }, { reader }) => writer.spliceFromSync(reader),
  'writer.vmsplice': ({ writer }) => {
    const mapping = Mapping.anonymous(4096)
    return writer.vmsplice(mapping).finally(() => mapping.close())
  },
}

for (const [name, use] of Object.entries(uses)) {
  test(`${name} after close is EBADF`, async () => {
    const closed = pipe()
    closed.close()
    closed.close()
    assert.equal(closed.closed, true)
    await assert.rejects(async () => use(closed, pipe()), {
      name: 'SysError',
      code: 'EBADF',
      message: /pipe (reader|writer)/,
    })
  })
}

test('closing ends what waits, with EBADF', async () => {
  const { reader } = pipe()
  const { writer } = pipe()
  while (writer.tryWrite(new Uint8Array(4096)) !== undefined);
  const waiting = [reader.read(), reader.readInto(target), writer.write('x')]
  reader.close()
  writer.close()
  for (const each of waiting) await assert.rejects(each, { code: 'EBADF' })
})

const misuse: readonly (readonly [string, (made: Pipe) => unknown, RegExp])[] = [
  ['capacity 0', () => Pipe.create({ capacity: 0 }), /^capacity must be/],
  ['capacity -1', () => Pipe.create({ capacity: -1 }), /^capacity must be/],
  ['capacity NaN', () => Pipe.create({ capacity: Number.NaN }), /^capacity must be/],
  ['capacity 1e12', () => Pipe.create({ capacity: 1e12 }), /^capacity must be/],
  ['max 0', ({ reader }) => reader.read({ max: 0 }), /^max must be/],
  ['max 1.5', ({ reader }) => reader.readSync({ max: 1.5 }), /^max must be/],
  ['max -1', ({ reader }) => reader.tryRead({ max: -1 }), /^max must be/],
  ['an empty target', ({ reader }) => reader.readInto(new Uint8Array(0)), /^target must have room/],
  ['an empty target, sync', ({ reader }) => reader.readIntoSync(new Uint8Array(0)), /^target must have room/],
  ['a target that is text', ({ reader }) => reader.readInto('x' as unknown as Uint8Array), /^target must be/],
  [
    'data that is a number',
    ({ writer }) => writer.write(5 as unknown as string),
    /^data must be .* not number/,
  ],
  [
    'data that is null',
    ({ writer }) => writer.writeSync(null as unknown as string),
    /^data must be .* not null/,
  ],
  [
    'data that is an object',
    ({ writer }) => writer.tryWrite({} as unknown as string),
    /^data must be .* not Object/,
  ],
  ['timeout -1', ({ reader }) => reader.read({ timeout: -1 }), /^timeout must be/],
  [
    'timeout text',
    ({ writer }) => writer.write('x', { timeout: '1' as unknown as number }),
    /^timeout must be/,
  ],
  ['a signal that is none', ({ reader }) => reader.read({ signal: {} as AbortSignal }), /^signal must be/],
  ['splice length 0', ({ reader }) => reader.spliceTo(1, { length: 0 }), /^length must be/],
  ['splice offset -1', ({ reader }) => reader.spliceTo(1, { offset: -1 }), /^offset must be/],
  [
    'a splice target that is text',
    ({ reader }) => reader.spliceTo('x' as unknown as number),
    /^target must be/,
  ],
  ['a splice source that is negative', ({ writer }) => writer.spliceFrom(-1), /^source must be/],
  [
    'tee into a number',
    ({ reader }) => reader.teeTo(1 as unknown as PipeWriter),
    /^writer must be a PipeWriter/,
  ],
  [
    'vmsplice of an array',
    ({ writer }) => writer.vmsplice(target as unknown as Mapping),
    /^mapping must be a Mapping/,
  ],
  ['from -1', () => PipeReader.from(-1), /^fd must be/],
  ['from text', () => PipeWriter.from('3' as unknown as number), /^fd must be/],
]

for (const [name, use, message] of misuse) {
  test(`${name} is a TypeError or RangeError that names it, and nothing has happened`, async () => {
    const made = pipe()
    const before = descriptors().size
    await assert.rejects(
      async () => use(made),
      (error: Error) => {
        assert.match(error.message, message)
        assert.ok(error instanceof TypeError || error instanceof RangeError, error.name)
        return true
      },
    )
    assert.equal(descriptors().size, before)
    assert.equal(made.reader.queued, 0)
  })
}

test('what is no pipe is refused by name and stays open', () => {
  const file = new Fd(openSync('/proc/self/exe', 'r'))
  cleanUp(() => file.close())
  assert.throws(() => PipeReader.from(file.number), {
    code: 'ERR_NOT_A_PIPE',
    message: /fd \d+ is not a pipe/,
  })
  assert.ok(descriptors().has(String(file.number)))
  assert.throws(() => PipeReader.from(9999), { code: 'EBADF' })
})

test('an end of the wrong direction is refused and stays open', () => {
  const { reader, writer } = pipe()
  assert.throws(() => PipeReader.from(writer.fd), { code: 'EBADF', message: /PipeWriter\.from\(\) takes it/ })
  assert.throws(() => PipeWriter.from(reader.fd), { code: 'EBADF', message: /PipeReader\.from\(\) takes it/ })
  writer.writeSync('x')
  assert.equal(reader.readSync()?.length, 1)
})
