// A mutex and a read-write lock between hutong and C; one of them ends while it holds.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Child, start } from '../support/child.ts'
import { compileFile } from '../support/compile.ts'
import { uniqueName } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

const folder = join(root, 'examples/interop/lock')
const flags = ['-pthread', `-I${join(root, 'include')}`]
const C = (...args: string[]): Child =>
  start(compileFile(join(folder, 'peer.c'), 'interop/lock.c', flags), args)
const hutong = (...args: string[]): Child =>
  start(process.execPath, [join(root, 'build/examples/interop/lock/hutong.js'), ...args])

for (const [name, first, second] of [
  ['hutong leaves, C takes', hutong, C],
  ['C leaves, hutong takes', C, hutong],
] as const) {
  test(`lock: ${name}`, async () => {
    const object = `/${uniqueName()}`
    const leaver = first('leave', object, '100')
    assert.equal(await leaver.line(), 'ready')
    const taker = await second('take', object, '100').ended
    assert.deepEqual(taker, { code: 0, signal: null, stdout: '200 200, left half done: 1\n', stderr: '' })
    assert.deepEqual(await leaver.ended, { code: 0, signal: null, stdout: 'ready\n', stderr: '' })
  })
}
