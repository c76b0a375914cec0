// The house rules that a machine can check: see ARCHITECTURE.md.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { root } from './support/paths.ts'

// Each room and the rooms it may import from, beside itself. `index` stands for src/index.ts.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  layout: [],
  address: [],
  sys: ['layout', 'address'],
  wait: ['sys', 'layout', 'address'],
  kernel: ['wait', 'sys', 'layout', 'address'],
  channel: ['kernel', 'wait', 'sys', 'layout', 'address'],
  msgpack: ['channel'],
  inspect: ['sys', 'kernel', 'channel', 'layout', 'address'],
  cli: ['inspect', 'channel', 'kernel', 'wait', 'sys', 'layout', 'address', 'index'],
  index: ['channel', 'kernel', 'wait', 'sys', 'layout', 'address'],
}
const LONGEST_FILE = 250

interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
  /** Without those that are gone after compilation. */
  readonly needs: readonly string[]
}

function listed(folder: string, ending: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules'))
    .map((file) => {
      const path = join(folder, file)
      const text = readFileSync(join(root, path), 'utf8')
      const toPaths = (code: string): string[] =>
        [...code.matchAll(/(?:from |import\(|import )'(\.[^']+)'/g)].map(([, to = '']) =>
          relative(root, resolve(root, dirname(path), to)),
        )
      const needs = toPaths(text.replaceAll(/^(import|export) type [^']*'[^']+'/gm, ''))
      return { path, text, imports: toPaths(text), needs }
    })
}

const sources = listed('src', '.ts')

function room(path: string): string {
  return path === 'src/index.ts' ? 'index' : (path.split('/')[1] ?? path)
}

test('every room imports only from the rooms below it', () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports
      .filter((to) => room(to) !== room(path) && !(MAY_IMPORT[room(path)] ?? []).includes(room(to)))
      .map((to) => `${path} imports ${to}`),
  )
  assert.deepEqual(wrong, [])
})

test('of the channels the inspector knows the bytes only', () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports
      .filter(
        (to) => room(path) === 'inspect' && room(to) === 'channel' && to !== 'src/channel/shm/layout.ts',
      )
      .map((to) => `${path} imports ${to}`),
  )
  assert.deepEqual(wrong, [])
})

test('every room of src is known to the rules above', () => {
  const unknown = new Set(sources.map(({ path }) => room(path)).filter((name) => !(name in MAY_IMPORT)))
  assert.deepEqual([...unknown], [])
})

test('only src/sys imports the addon', () => {
  const importers = sources
    .filter(({ imports }) => imports.includes('src/sys/addon.ts'))
    .map(({ path }) => path)
  assert.ok(importers.length > 0)
  assert.deepEqual(
    importers.filter((path) => room(path) !== 'sys'),
    [],
  )
})

test('no file takes part in an import cycle', () => {
  const graph = new Map(sources.map(({ path, needs }) => [path, needs]))
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `import cycle: ${[...trail, path].join(' -> ')}`)
    if (done.has(path)) return
    for (const to of graph.get(path) ?? []) visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
})

test(`no source file is longer than ${LONGEST_FILE} lines`, () => {
  const all = ['src', 'test', 'bench', 'examples'].flatMap((folder) => listed(folder, '.ts'))
  const long = [...all, ...listed('native', '.c'), ...listed('native', '.h')]
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE)
  assert.deepEqual(long, [])
})

test('examples stay under 60 lines', () => {
  const long = listed('examples', '.ts').filter(({ text }) => text.split('\n').length > 60)
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  )
})

test('files are named in kebab-case, and none is called utils or helpers', () => {
  const all = [...sources, ...listed('test', '.ts'), ...listed('native', '.c')].map(({ path }) =>
    basename(path),
  )
  const odd = all.filter(
    (name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(ts|c)$/.test(name) || /utils?|helpers?/.test(name),
  )
  assert.deepEqual(odd, [])
})

test('every public module can be imported by its name', async () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string>
  }
  for (const path of Object.keys(exports).filter((name) => !name.endsWith('.json'))) {
    const module: object = await import(`hutong${path.slice(1)}`)
    assert.ok(Object.keys(module).length > 0, `${path} exports nothing`)
  }
})
