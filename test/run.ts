// The test runner: every test file in a process of its own, one more at a time than there are cores (some of them wait), ended when it hangs.
// `npm test -- pipe` runs the files whose path contains `pipe`. With HUTONG_NO_SKIP=1 a skipped test is a failure.
// With --times the files run one by one, and what each costs is told at the end.
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { costTable, usedByChildren } from './support/cost.ts'
import { root } from './support/paths.ts'

const HANGS_AFTER = 80_000
const wanted = process.argv.slice(2).filter((word) => word !== '--times')

// From the sources, so that a compiled file whose source is gone is not run.
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => join(root, 'build/test', file.replace(/\.ts$/, '.js')))
  .sort()
if (files.length === 0) {
  console.error(`no test file's path contains ${wanted.join(' or ')}`)
  process.exit(2)
}

const skipped: string[] = []

async function runFiles(files: string[]): Promise<void> {
  const events = run({ files, concurrency: availableParallelism() + 1, timeout: HANGS_AFTER })
  events.on('test:fail', () => {
    process.exitCode = 1
  })
  events.on('test:pass', (event) => {
    if (event.skip !== undefined && event.skip !== false) skipped.push(`${event.name} (${event.skip})`)
  })
  for await (const text of events.compose(new spec())) process.stdout.write(text)
}

if (process.argv.includes('--times')) {
  const costs: [file: string, milliseconds: number][] = []
  for (const file of files) {
    const before = usedByChildren()
    await runFiles([file])
    costs.push([relative(join(root, 'build/test'), file), usedByChildren() - before])
  }
  console.log(costTable(costs))
} else await runFiles(files)

if (process.env['HUTONG_NO_SKIP'] === '1' && skipped.length > 0) {
  console.error(`No test may skip here, but these did:\n  ${skipped.join('\n  ')}`)
  process.exitCode = 1
}
