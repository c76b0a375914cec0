// Keys: as numbers, and as ftok(3) makes them.
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ftok } from 'hutong'
import { keyName, keyOf } from '#src/kernel/sysv/key.ts'
import { start } from '../../support/child.ts'
import { compile } from '../../support/compile.ts'
import '../../support/leaks.ts'
import { uniquePath } from '../../support/leaks.ts'

test('ftok gives what C gives, for files, folders, links and devices', async () => {
  const [file, link] = [await uniquePath(), await uniquePath()]
  writeFileSync(file, '')
  symlinkSync(file, link)
  const paths = [file, link, '/', '/proc/self/status', '/dev/null', '/usr', '/etc/passwd']
  const projects = [1, 65, 127, 128, 255]
  const { stdout } = await start(compile('sysv/ftok.c'), [...paths, '--', ...projects.map(String)]).ended
  const ours = paths.flatMap((path) => projects.map((project) => keyName(ftok(path, project))))
  // The pid is another: /proc/self is not the same file there.
  const compare = (keys: string[]): string[] => keys.filter((_, index) => Math.floor(index / 5) !== 3)
  assert.deepEqual(compare(ours), compare(stdout.trim().split('\n')))
  assert.equal(ftok(file, 'A'), ftok(file, 65))
  assert.equal(ftok(link, 'A'), ftok(file, 'A'))
  assert.ok(ftok('/etc/passwd', 255) >= 0xff00_0000, 'keys have no sign')
})

test('ftok: every error of stat(2) that a path can have', async () => {
  const [folder, file, loop] = [await uniquePath(), await uniquePath(), await uniquePath()]
  mkdirSync(folder)
  writeFileSync(file, '')
  symlinkSync(loop, loop)
  const cases: [code: string, path: string][] = [
    ['ENOENT', join(folder, 'none')],
    ['ENOENT', ''],
    ['ENOTDIR', join(file, 'x')],
    ['ELOOP', loop],
    ['ENAMETOOLONG', join(folder, 'x'.repeat(256))],
  ]
  for (const [code, path] of cases) {
    assert.throws(() => ftok(path, 1), { name: 'SysError', code, path, syscall: 'stat' }, code)
  }
})

test('a key or project that is none is refused, naming it', () => {
  const wrong: [RegExp, () => unknown][] = [
    [/^RangeError: key must not be 0.*createPrivate/, () => keyOf(0)],
    [/^RangeError: key must be.*0xffffffff, not 4294967296/, () => keyOf(2 ** 32)],
    [/^RangeError: key must be.*without a sign: 0xffffffff/, () => keyOf(-1)],
    [/^RangeError: key must be.*1\.5/, () => keyOf(1.5)],
    [/^RangeError: key must be.*NaN/, () => keyOf(Number.NaN)],
    [/^TypeError: key must be a number or/, () => keyOf('1' as unknown as number)],
    [/^TypeError: key must be a number or/, () => keyOf(null as unknown as number)],
    [/^TypeError: path must be a string/, () => keyOf({ project: 1 } as unknown as number)],
    [/^TypeError: project must be a number/, () => keyOf({ path: '/' } as unknown as number)],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', 0)],
    [/^RangeError: project must be 1 to 255.*low 8 bits: 1\)/, () => ftok('/', 257)],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', 256)],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', 'AB')],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', '')],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', 'é')],
    [/^RangeError: project must be 1 to 255/, () => ftok('/', '\0')],
    [/^RangeError: path must not contain NUL/, () => ftok('/\0', 1)],
  ]
  for (const [message, use] of wrong) assert.throws(use, message)
})

test('a key is a number, or a file and a project', () => {
  assert.equal(keyOf(0xffff_ffff), 0xffff_ffff)
  assert.equal(keyOf({ path: '/etc/passwd', project: 'A' }), ftok('/etc/passwd', 'A'))
  assert.equal(keyName(0x1234), '0x00001234')
})
