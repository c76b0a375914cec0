// Every error in the man pages of pipe, read, write, splice, tee and vmsplice that can be provoked without special means.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { test } from 'node:test'
import { Fifo, Mapping, Pipe, SysError } from 'hutong'
import { constants, errnoName, read, splice, tee, vmsplice, write } from 'hutong/sys'
import { fixture } from '../support/child.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'

function pipe(options?: Parameters<typeof Pipe.create>[0]): Pipe {
  const made = Pipe.create(options)
  cleanUp(() => made.close())
  return made
}

async function openFile(flags: string, path?: string): Promise<number> {
  const file = await open(path ?? (await uniquePath()), flags)
  cleanUp(() => file.close())
  return file.fd
}

const bytes = new Uint8Array(8)

/** The error's name of a raw call, from what it gave. */
function nameOf(result: number): string {
  return result < 0 ? errnoName(result) : `${result}`
}

const raw: Readonly<Record<string, () => Promise<number> | number>> = {
  'read EBADF: not open': () => read(9999, bytes),
  'read EBADF: open for writing only': () => read(pipe().writer.fd, bytes),
  'read EISDIR: a directory': async () => read(await openFile('r', '/tmp'), bytes),
  'read EAGAIN: empty and non-blocking': () => {
    const { reader } = pipe()
    reader.tryRead()
    return read(reader.fd, bytes)
  },
  'write EBADF: open for reading only': () => write(pipe().reader.fd, bytes),
  'write EAGAIN: full and non-blocking': () => {
    const { writer } = pipe()
    while (writer.tryWrite(new Uint8Array(4096)) !== undefined);
    return write(writer.fd, bytes)
  },
  'write EPIPE: no reader': () => {
    const { reader, writer } = pipe()
    reader.close()
    return write(writer.fd, bytes)
  },
  'write ENOSPC: a full device': async () => write(await openFile('w', '/dev/full'), bytes),
  'splice EBADF: not open': () => splice(9999, -1, pipe().writer.fd, -1, 1, 0),
  'splice EINVAL: neither is a pipe': async () =>
    splice(await openFile('w+'), -1, await openFile('w+'), -1, 1, 0),
  'splice EINVAL: both are the same pipe': () => {
    const { reader, writer } = pipe()
    writer.writeSync('x')
    return splice(reader.fd, -1, writer.fd, -1, 1, 0)
  },
  'splice EINVAL: into a file that appends': async () => {
    const { reader, writer } = pipe()
    writer.writeSync('x')
    return splice(reader.fd, -1, await openFile('a'), -1, 1, 0)
  },
  'splice ESPIPE: an offset into a pipe': () => splice(pipe().reader.fd, 0, pipe().writer.fd, -1, 1, 0),
  'splice EAGAIN: empty, told not to wait': () =>
    splice(pipe().reader.fd, -1, pipe().writer.fd, -1, 1, constants.SPLICE_F_NONBLOCK),
  'splice EPIPE: the target has no reader': () => {
    const [first, second] = [pipe(), pipe()]
    first.writer.writeSync('x')
    second.reader.close()
    return splice(first.reader.fd, -1, second.writer.fd, -1, 1, 0)
  },
  'tee EINVAL: not a pipe': async () => tee(await openFile('w+'), pipe().writer.fd, 1, 0),
  'tee EINVAL: both are the same pipe': () => {
    const { reader, writer } = pipe()
    return tee(reader.fd, writer.fd, 1, 0)
  },
  'tee EAGAIN: empty, told not to wait': () =>
    tee(pipe().reader.fd, pipe().writer.fd, 1, constants.SPLICE_F_NONBLOCK),
  'vmsplice EBADF: not a pipe': async () => vmsplice(await openFile('w+'), bytes, 0),
  'vmsplice EAGAIN: full, told not to wait': () => {
    const { writer } = pipe()
    while (writer.tryWrite(new Uint8Array(4096)) !== undefined);
    return vmsplice(writer.fd, bytes, constants.SPLICE_F_NONBLOCK)
  },
}

for (const [name, provoke] of Object.entries(raw)) {
  test(name, async () => {
    assert.equal(nameOf(await provoke()), /^\w+ (\w+):/.exec(name)?.[1])
  })
}

const objects: Readonly<Record<string, () => unknown>> = {
  'EBUSY: a capacity below what is queued': () => {
    const { writer } = pipe()
    writer.writeSync(new Uint8Array(20_000))
    writer.capacity = 4096
  },
  'EINVAL: a splice into itself': () => {
    const { reader, writer } = pipe()
    writer.writeSync('x')
    return reader.spliceTo(writer)
  },
  'EINVAL: tee into itself': () => {
    const { reader, writer } = pipe()
    writer.writeSync('x')
    return reader.teeTo(writer)
  },
  'ESPIPE: an offset into a pipe': () => {
    const { reader, writer } = pipe()
    writer.writeSync('x')
    return reader.spliceTo(pipe().writer, { offset: 0 })
  },
  'EPIPE: a splice into a pipe without reader': () => {
    const [first, second] = [pipe(), pipe()]
    first.writer.writeSync('x')
    second.reader.close()
    return first.reader.spliceTo(second.writer)
  },
  'EPIPE: vmsplice into a pipe without reader': () => {
    const { reader, writer } = pipe()
    reader.close()
    const mapping = Mapping.anonymous(4096)
    cleanUp(() => mapping.close())
    return writer.vmsplice(mapping)
  },
  'EBADF: splice from a descriptor that is not open': () => pipe().writer.spliceFrom(9999),
}

for (const [name, provoke] of Object.entries(objects)) {
  test(`${name} is a SysError that names the object`, async () => {
    await assert.rejects(
      async () => provoke(),
      (error) => {
        assert.ok(error instanceof SysError, String(error))
        assert.equal(error.code, name.split(':')[0])
        assert.match(error.message, /pipe (reader|writer)|fd 9999/)
        return true
      },
    )
  })
}

test('EMFILE: no descriptors left, and none is lost', async () => {
  const { code, stdout, stderr } = await fixture('pipe/no-descriptors').ended
  assert.deepEqual([code, stdout], [0, 'EMFILE pipe2\nthe same descriptors\n'], stderr)
})

test('EPERM: an ordinary user may not exceed pipe-max-size', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can start a child as another user')
  const { code, stdout, stderr } = await fixture('pipe/too-large', [], { uid: 65534, gid: 65534 }).ended
  assert.deepEqual([code, stdout], [0, 'EPERM\n'], stderr)
})

test('a pipe that could not be given its capacity leaves no descriptor', () => {
  const before = readdirSync('/proc/self/fd').length
  assert.throws(() => Pipe.create({ capacity: 0x7fffffff }), { code: /ENOMEM|EPERM|EINVAL/ })
  assert.equal(readdirSync('/proc/self/fd').length, before)
})

test('ENXIO is what a FIFO without readers says, not a pipe', async () => {
  const fifo = Fifo.create(await uniquePath())
  assert.throws(() => fifo.tryOpenWriter(), { code: 'ENXIO' })
  fifo.unlink()
})
