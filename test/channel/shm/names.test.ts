// Where channels with a bare name live: only in a directory that nobody else can enter.
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { channelDirectory, socketPath } from '#src/channel/shm/names.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'

const address = { kind: 'shm', name: 'prices', options: {} } as const
const denied = { code: 'EACCES', message: /XDG_RUNTIME_DIR/ }
let directory = ''

function setEnvironment(name: string, value: string | undefined): void {
  const before = process.env[name]
  const set = (to: string | undefined): void => {
    if (to === undefined) delete process.env[name]
    else process.env[name] = to
  }
  set(value)
  cleanUp(() => set(before))
}

beforeEach(async () => {
  const runtime = await uniquePath()
  mkdirSync(runtime)
  setEnvironment('XDG_RUNTIME_DIR', runtime)
  directory = join(runtime, 'hutong')
})

test('who listens makes the directory, for this user alone', () => {
  assert.equal(socketPath(address, true), join(directory, 'prices'))
  assert.equal(statSync(directory).mode & 0o777, 0o700)
  assert.equal(socketPath(address, true), join(directory, 'prices'), 'again')
})

test('who connects makes nothing', () => {
  assert.equal(socketPath(address, false), join(directory, 'prices'))
  assert.throws(() => rmdirSync(directory), { code: 'ENOENT' })
})

test('a directory that others can enter is refused, whoever comes', () => {
  mkdirSync(directory)
  for (const mode of [0o755, 0o710, 0o701, 0o1777]) {
    chmodSync(directory, mode)
    for (const make of [true, false]) assert.throws(() => socketPath(address, make), denied, mode.toString(8))
  }
})

test('a link or a file in its place is refused', async () => {
  const elsewhere = await uniquePath()
  mkdirSync(elsewhere, { mode: 0o700 })
  symlinkSync(elsewhere, directory)
  assert.throws(() => socketPath(address, true), denied)
  setEnvironment('XDG_RUNTIME_DIR', elsewhere)
  writeFileSync(join(elsewhere, 'hutong'), '')
  assert.throws(() => socketPath(address, false), denied)
})

test('the directory of another user is refused', { skip: process.geteuid?.() !== 0 && 'not root' }, () => {
  mkdirSync(directory, { mode: 0o700 })
  chownSync(directory, 65_534, 65_534)
  for (const make of [true, false]) assert.throws(() => socketPath(address, make), denied)
})

test('without a runtime directory, or with one that is not absolute, it lies among the temporary files', () => {
  for (const value of [undefined, '', 'relative']) {
    setEnvironment('XDG_RUNTIME_DIR', value)
    assert.match(channelDirectory(), new RegExp(`/hutong-${process.geteuid?.()}$`))
  }
})

test('a path is taken as it is', () => {
  assert.equal(socketPath({ kind: 'shm', path: '/somewhere/else', options: {} }, true), '/somewhere/else')
})
