// Every example runs to its end: compiled, and, where this Node strips types, as it stands.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { start } from './support/child.ts'
import './support/leaks.ts'
import { root } from './support/paths.ts'

const examples = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'))
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false

/** Arguments of those that would take long without. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'critical-section': ['2000', 'Mutex', 'SysvSemaphores'],
}

async function runsWell(file: string): Promise<string> {
  const args = ARGUMENTS[basename(file).replace(/\.[jt]s$/, '')] ?? []
  const child = start(process.execPath, ['--no-warnings', file, ...args], { cwd: root })
  const { code, stdout, stderr } = await child.ended
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  assert.notEqual(stdout, '', 'an example shows what happened')
  return stdout
}

for (const example of examples) {
  test(`examples/${example} runs`, async () => {
    await runsWell(join(root, 'build/examples', example.replace(/\.ts$/, '.js')))
    if (stripsTypes) await runsWell(join(root, 'examples', example))
  })
}

test('every mechanism has an example', () => {
  const mechanisms = readdirSync(join(root, 'docs/mechanism')).map((file) => file.replace(/\.md$/, '.ts'))
  assert.ok(mechanisms.length > 0)
  assert.deepEqual(
    mechanisms.filter((name) => !examples.includes(name)),
    [],
  )
})
