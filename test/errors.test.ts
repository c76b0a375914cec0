import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SysError } from 'hutong'
import { errno, errnoName } from 'hutong/sys'
import './support/leaks.ts'
import { root } from './support/paths.ts'

test('docs/errors.md names every code of our own', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const codes = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(join(root, 'src', file), 'utf8').match(/'(ERR|HUTONG)_[A-Z_]+'/g) ?? [])
    .map((quoted) => quoted.slice(1, -1))
    .filter((code) => !['HUTONG_ADDON', 'HUTONG_TRACE'].includes(code))
  assert.ok(codes.length > 5)
  assert.deepEqual(
    [...new Set(codes)].filter((code) => !page.includes(`\`${code}\``)),
    [],
  )
})

test('a SysError has the fields of a system error of Node', () => {
  const error = new SysError(-(errno['EPIPE'] ?? 0), 'write', { on: 'pipe writer (fd 7)' })
  assert.deepEqual(
    { ...error, message: error.message },
    {
      name: 'SysError',
      code: 'EPIPE',
      errno: -32,
      syscall: 'write',
      message: 'EPIPE: Broken pipe, write pipe writer (fd 7)',
    },
  )
})

test('every error number has a name, also those that Node does not know', () => {
  for (const name of [
    'EOWNERDEAD',
    'ENOTRECOVERABLE',
    'EIDRM',
    'ENOMSG',
    'EDEADLK',
    'ENOTSUP',
    'ECANCELED',
  ]) {
    assert.equal(typeof errno[name], 'number', name)
  }
  assert.equal(errnoName(-(errno['EIDRM'] ?? 0)), 'EIDRM')
  assert.equal(errnoName(11), 'EAGAIN')
  assert.equal(errnoName(4000), 'E4000')
})
