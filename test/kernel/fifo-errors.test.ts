// Every errno of mkfifo(3) and of open(2) on a FIFO that can be provoked here, and every argument that can be wrong.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fifo } from 'hutong'
import { type Ended, fixture, start } from '../support/child.ts'
import '../support/leaks.ts'
import { uniquePath } from '../support/leaks.ts'
import { compiledFixtures } from '../support/paths.ts'

const isRoot = process.getuid?.() === 0
const role = join(compiledFixtures, 'fifo/role.js')

interface Failure {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
  readonly message?: RegExp
}
type Case = readonly [what: string, expected: Failure | RegExp, use: () => unknown]

async function table(cases: readonly Case[]): Promise<void> {
  for (const [what, expected, use] of cases) {
    await assert.rejects(async () => use(), expected, what)
  }
}

/** Every way to open an end of `fifo`. */
function opens(fifo: Fifo): (() => unknown)[] {
  return [
    () => fifo.openReader(),
    () => fifo.openWriter(),
    () => fifo.openReaderSync(),
    () => fifo.openWriterSync({ timeout: 1000 }),
    () => fifo.tryOpenReader(),
    () => fifo.tryOpenWriter(),
    () => fifo.openBoth(),
  ]
}

/** The fixture, in namespaces and with limits that only root can make. */
async function unshared(script: string, ...args: string[]): Promise<Ended> {
  return start('unshare', ['-m', 'sh', '-euc', script, ...args]).ended
}

test('mkfifo: what the path can be wrong with', async () => {
  const [folder, file, loop] = [await uniquePath(), await uniquePath(), await uniquePath()]
  mkdirSync(folder)
  writeFileSync(file, 'x')
  symlinkSync(loop, loop)
  const long = join(folder, 'x'.repeat(256))
  const deep = `${folder}${'/x'.repeat(3000)}`
  const every = (path: string, code: string, syscall = 'mkfifo'): Case[] => [
    [`create ${code}`, { code, syscall, path }, () => Fifo.create(path)],
    [`openOrCreate ${code}`, { code, syscall, path }, () => Fifo.openOrCreate(path)],
  ]
  await table([
    [
      'a file',
      { code: 'EEXIST', syscall: 'mkfifo', message: /open takes what is there/ },
      () => Fifo.create(file),
    ],
    ['a directory', { code: 'EEXIST' }, () => Fifo.create(folder)],
    ['a link', { code: 'EEXIST' }, () => Fifo.create(loop)],
    ...every(join(folder, 'none/fifo'), 'ENOENT'),
    ...every('', 'ENOENT'),
    ...every(join(file, 'fifo'), 'ENOTDIR'),
    ...every(long, 'ENAMETOOLONG'),
    ...every(deep, 'ENAMETOOLONG'),
    ...every(join(loop, 'fifo'), 'ELOOP'),
    ['openOrCreate of a file', { code: 'ERR_NOT_A_PIPE', path: file }, () => Fifo.openOrCreate(file)],
    ['openOrCreate of a link', { code: 'ELOOP', path: loop }, () => Fifo.openOrCreate(loop)],
  ])
  assert.deepEqual(readdirSync(folder), [])
})

test('open: what the path can be wrong with', async () => {
  const [folder, file, loop, socket] = [
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
  ]
  mkdirSync(folder)
  writeFileSync(file, 'x')
  symlinkSync(loop, loop)
  const server = createServer().listen(socket)
  await new Promise((resolve) => server.once('listening', resolve))
  const notAPipe = (path: string): Failure => ({ code: 'ERR_NOT_A_PIPE', path })
  await table([
    ['a file', notAPipe(file), () => Fifo.open(file)],
    ['a directory', notAPipe(folder), () => Fifo.open(folder)],
    ['a device', notAPipe('/dev/null'), () => Fifo.open('/dev/null')],
    ['a socket', notAPipe(socket), () => Fifo.open(socket)],
    ['not there', { code: 'ENOENT', path: `${file}.none`, syscall: 'stat' }, () => Fifo.open(`${file}.none`)],
    ['empty', { code: 'ENOENT' }, () => Fifo.open('')],
    ['a file as folder', { code: 'ENOTDIR' }, () => Fifo.open(join(file, 'fifo'))],
    ['too long a name', { code: 'ENAMETOOLONG' }, () => Fifo.open(join(folder, 'x'.repeat(256)))],
    ['too long a path', { code: 'ENAMETOOLONG' }, () => Fifo.open('/x'.repeat(3000))],
    ['links in a circle', { code: 'ELOOP' }, () => Fifo.open(loop)],
  ])
  await new Promise((resolve) => server.close(resolve))
})

test('a FIFO that has gone: ENOENT from every open', async () => {
  const fifo = Fifo.create(await uniquePath())
  fifo.unlink()
  for (const open of opens(fifo)) {
    await assert.rejects(async () => open(), { code: 'ENOENT', syscall: 'open', path: fifo.path })
  }
})

test('the folder of a FIFO is a file, a circle, or too deep by now', async () => {
  const folder = await uniquePath()
  mkdirSync(folder)
  const fifo = Fifo.create(join(folder, 'fifo'))
  fifo.unlink()
  const replace: [code: string, how: (path: string) => void][] = [
    ['ENOTDIR', (path) => writeFileSync(path, '')],
    ['ELOOP', (path) => symlinkSync(path, path)],
  ]
  const { rmSync } = await import('node:fs')
  for (const [code, how] of replace) {
    rmSync(folder, { recursive: true })
    how(folder)
    for (const open of [...opens(fifo), () => fifo.unlink()]) {
      await assert.rejects(async () => open(), { code, path: fifo.path })
    }
  }
})

test('without permission: EACCES', { skip: !isRoot && 'needs root, to become somebody else' }, async () => {
  const folder = await uniquePath()
  mkdirSync(folder)
  chmodSync(join(folder, '..'), 0o755)
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'closed'), { mode: 0o700 })
  const fifo = Fifo.create(join(folder, 'fifo'), { mode: 0o600 })
  const { stdout, stderr, code } = await fixture('fifo/role', ['nobody', fifo.path, folder]).ended
  assert.deepEqual([code, stderr], [0, ''])
  const said = stdout.trim().split('\n')
  assert.equal(said.length, 11)
  for (const line of said) assert.match(line, /^\w+ EACCES$/)
})

test('no descriptor left: EMFILE, from every open', async () => {
  const fifo = Fifo.create(await uniquePath())
  const { stdout, stderr } = await fixture('fifo/role', ['exhaust', fifo.path]).ended
  assert.equal(stderr, '')
  assert.deepEqual(
    stdout.trim().split('\n'),
    [
      'tryOpenReader',
      'openReader',
      'openWriter',
      'openReaderSync',
      'openWriterSync',
      'tryOpenWriter',
      'openBoth',
    ].map((name) => `${name} EMFILE open true`),
  )
})

test('no thread left: EAGAIN, from an open that would wait', { skip: !isRoot && 'needs root' }, async () => {
  const fifo = Fifo.create(await uniquePath(), { mode: 0o666 })
  chmodSync(join(fifo.path, '..'), 0o755)
  const { stdout } = await start('prlimit', ['--nproc=1', process.execPath, role, 'threads', fifo.path]).ended
  assert.match(stdout, /^EAGAIN .*pthread_create for a waiting opening the reader of FIFO/)
})

/** unshare(1) itself was refused, or mount(8) in the script. */
function mayNotMount({ code, stderr }: Ended): boolean {
  return code === 77 || stderr.startsWith('unshare: ')
}

test('a file system that is read-only: EROFS; full: ENOSPC', {
  skip: !isRoot && 'needs root, to mount',
}, async (t) => {
  const folder = await uniquePath()
  mkdirSync(folder)
  const node = [process.execPath, role, 'create', join(folder, 'fifo')]
  const cases: [options: string, said: string][] = [
    ['ro', 'EROFS mkfifo\n'],
    ['nr_inodes=2', 'ENOSPC mkfifo\n'],
  ]
  for (const [options, said] of cases) {
    const script = 'mount -t tmpfs -o "$0" none "$1" || exit 77; shift; exec "$@"'
    const ended = await unshared(script, options, folder, ...node)
    if (mayNotMount(ended)) return t.skip('mounting is not allowed here')
    assert.equal(ended.stdout, said)
  }
})

test('a FIFO on a file system that is read-only opens all the same', {
  skip: !isRoot && 'needs root',
}, async (t) => {
  const fifo = Fifo.create(await uniquePath())
  const folder = join(fifo.path, '..')
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" || exit 77; exec "$@"'
  const child = start('unshare', [
    '-m',
    'sh',
    '-euc',
    script,
    folder,
    process.execPath,
    role,
    'repeat',
    fifo.path,
    'r',
    '1',
    '9',
  ])
  const reader = fifo.openReader({ timeout: 10_000 })
  const ended = await child.ended
  if (ended.code !== 0) await reader.catch(() => {})
  if (mayNotMount(ended)) return t.skip('mounting is not allowed here')
  const end = await reader
  assert.equal(Buffer.from((await end.read()) ?? []).toString(), 'rrrrrrrrr')
  end.close()
})
