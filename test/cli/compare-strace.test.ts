// The system calls that `hutong compare` counts are those that strace(1) sees.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { isInstalled } from '#src/cli/compare/look.ts'
import type { Comparison } from '#src/cli/compare/model.ts'
import { start } from '../support/child.ts'
import { uniquePath } from '../support/leaks.ts'
import { command } from '../support/paths.ts'

const PASSES = 3
/** Calls of Node's own threads, which come when they like; a sanitizer makes more of them. */
const STRAY = process.env['HUTONG_SANITIZED'] === '1' ? 50 : 5

/** What a side itself does before and after a transfer, outside of what is counted. */
const FRAME: ReadonlyMap<string, number> = new Map([
  ['openat', 2 * PASSES],
  ['close', 2 * PASSES],
  ['pread64', 2 * 2 * PASSES],
])

let file: string

before(async () => {
  file = await uniquePath()
  writeFileSync(file, Buffer.alloc(20_000_000, 'hutong '))
})

/** Calls by name in the traces of both sides, from the request to move to the answer, without the pass that warms up. */
function traced(folder: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const trace of readdirSync(folder)) {
    let passes = 0
    let moving = false
    for (const line of readFileSync(join(folder, trace), 'latin1').split('\n')) {
      if (/^read\(0, .*\\"do\\":\\"move\\"/.test(line)) {
        passes++
        moving = true
      } else if (/^write\(1, .*\\"is\\":\\"moved\\"/.test(line)) {
        moving = false
      } else if (moving && passes > 1 && !/^write\(1, /.test(line)) {
        const name = /^(\w+)\(/.exec(line)?.[1]
        if (name !== undefined) found.set(name, (found.get(name) ?? 0) + 1)
      }
    }
  }
  return found
}

for (const name of ['pipe', 'splice', 'posix-shm', 'mmap']) {
  test(`the calls counted for ${name} are those that strace sees`, {
    skip: !isInstalled('strace') && 'no strace',
  }, async () => {
    const folder = await uniquePath()
    mkdirSync(folder)
    const compare = [command, 'compare', file, '--json', '--rounds', '1', '--only', name]
    const child = start('strace', [
      '-ff',
      '-s',
      '200',
      '-o',
      join(folder, 'trace'),
      process.execPath,
      ...compare,
    ])
    child.process.stdin?.end()
    const { code, stdout, stderr } = await child.ended
    assert.equal(code, 0, stderr)
    const [row] = (JSON.parse(stdout) as Comparison).mechanisms
    const seen = traced(folder)
    const counted = new Map(Object.entries(row?.calls?.transfer ?? {}))
    for (const call of new Set([...seen.keys(), ...counted.keys()])) {
      const [ours, theirs] = [counted.get(call) ?? 0, (seen.get(call) ?? 0) - (FRAME.get(call) ?? 0)]
      assert.ok(Math.abs(ours - theirs) <= STRAY, `${call}: ${ours} counted, ${theirs} seen`)
    }
    const total = [...counted.values()].reduce((sum, count) => sum + count, 0)
    assert.ok(total >= 20 * PASSES, `${total}`)
  })
}
