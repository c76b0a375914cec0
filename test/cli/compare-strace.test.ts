// The system calls that `hutong compare` counts are those that strace(1) sees.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isInstalled } from '#src/cli/compare/look.ts'
import type { Comparison } from '#src/cli/compare/model.ts'
import { start } from '../support/child.ts'
import { uniquePath } from '../support/leaks.ts'
import { command } from '../support/paths.ts'

const PASSES = 3
/** Calls of Node itself, which come when they like; a sanitizer makes more of them. */
const STRAY = process.env['HUTONG_SANITIZED'] === '1' ? 50 : 5
/** The same for calls that a pass does not make. One for each piece would be 60. */
const STRAY_UNCOUNTED = 50
/** V8's threads wake each other (futex). One for each message of a queue would be 1100. */
const STRAY_WAKES = 300
/** What a side does before and after a pass, outside of what is counted. */
const FRAME: ReadonlyMap<string, number> = new Map([
  ['openat', PASSES],
  ['close', PASSES],
  ['pread64', 2 * PASSES],
])

/** The calls of a side by name, from the request to move to the answer, without the pass that warms up. */
function traced(path: string): Map<string, number> {
  const found = new Map<string, number>()
  let passes = 0
  let moving = false
  for (const line of readFileSync(path, 'latin1').split('\n')) {
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
  return found
}

async function checkCounts(size: number, names: readonly string[]): Promise<void> {
  const [file, folder] = [await uniquePath(), await uniquePath()]
  writeFileSync(file, Buffer.alloc(size, 'hutong '))
  mkdirSync(folder)
  const compare = [command, 'compare', file, '--json', '--rounds', '1', '--only', names.join()]
  const strace = ['-ff', '-s', '200', '-o', join(folder, 'trace'), process.execPath, ...compare]
  const child = start('strace', strace)
  child.process.stdin?.end()
  const { code, stdout, stderr } = await child.ended
  assert.equal(code, 0, stderr)
  const { mechanisms } = JSON.parse(stdout) as Comparison
  assert.equal(mechanisms.length, names.length)
  for (const { name, pids, calls } of mechanisms) {
    const counted = new Map(Object.entries(calls?.transfer ?? {}))
    const sides = Object.values(pids ?? {}).map((pid) => traced(join(folder, `trace.${pid}`)))
    for (const call of new Set([...counted.keys(), ...sides.flatMap((side) => [...side.keys()])])) {
      const seen = sides.reduce((sum, side) => sum + (side.get(call) ?? 0) - (FRAME.get(call) ?? 0), 0)
      const count = counted.get(call) ?? 0
      const uncounted = call === 'futex' ? STRAY_WAKES : STRAY_UNCOUNTED
      const allowed = count === 0 ? uncounted : STRAY
      assert.ok(Math.abs(count - seen) <= allowed, `${name}, ${call}: ${count} counted, ${seen} seen`)
    }
    assert.ok((counted.get(name) ?? counted.get('read') ?? 0) >= 2 * PASSES, name)
  }
}

const skip = !isInstalled('strace') && 'no strace'

test('the calls that are counted are those that strace sees', { skip }, async () => {
  await checkCounts(20_000_000, ['pipe', 'splice', 'mmap'])
  await checkCounts(1_500_000, ['sysv-mq', 'posix-mq', 'sysv-shm'])
})
