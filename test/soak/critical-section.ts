// examples/critical-section.ts with every kind of lock: the sum is exact although a process is killed inside. The tests of the
// examples run two kinds of it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../support/paths.ts'
import type { Soak } from './soak.ts'

const COUNT = 100_000
const KINDS = ['Mutex', 'RwLock', 'FileLock', 'PosixSemaphore', 'SysvSemaphores']

export const criticalSectionSoak: Soak = {
  name: 'critical-section',
  slice: 0,
  async round() {
    const args = [join(root, 'build/examples/critical-section.js'), `${COUNT}`, ...KINDS]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    const said = output.split('\n').map((line) => line.replace(/, exact .*/, ''))
    assert.deepEqual(said, [...KINDS.map((kind) => `${kind}: ${2 * COUNT}`), ''])
    assert.equal(child.exitCode, 0)
  },
}
