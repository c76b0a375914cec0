import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatHelp } from '#src/cli/format/help.ts'
import { ADDRESSED, schemeWord } from '#src/cli/mechanisms.ts'
import { commands } from '#src/cli/table.ts'
import { root } from '../support/paths.ts'

const page = readFileSync(join(root, 'docs/command.md'), 'utf8')

test('docs/command.md holds the help of every command, word for word', async () => {
  const sections = new Map(
    [...page.matchAll(/^### (\S+)\n\n```text\n([\s\S]*?)```\n/gm)].map(([, name, text]) => [name, text]),
  )
  assert.deepEqual([...sections.keys()], Object.keys(commands))
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load()
    assert.equal(sections.get(name), formatHelp(command), `put the output of hutong ${name} --help there`)
  }
})

test('docs/command.md links every command and lists every scheme that a command takes', () => {
  for (const name of Object.keys(commands)) assert.ok(page.includes(`[\`${name}\`](#${name})`), name)
  for (const kind of ADDRESSED) assert.match(page, new RegExp(`^\\| \`${schemeWord(kind)}`, 'm'))
})

test('no help is wider than a terminal', async () => {
  for (const load of Object.values(commands)) {
    for (const line of formatHelp((await load()).command).split('\n')) {
      assert.ok(line.length <= 100, line)
    }
  }
})
