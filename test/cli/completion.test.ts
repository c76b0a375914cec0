import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { SysvQueue } from 'hutong'
import { commands } from '#src/cli/table.ts'
import { run } from '../support/hutong.ts'
import { done } from '../support/in-process.ts'
import { uniqueKey, uniqueName, uniquePath } from '../support/leaks.ts'
import { fixtures } from '../support/paths.ts'

let folder = ''
before(async () => {
  folder = await uniquePath()
  mkdirSync(folder)
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(folder, shell), await done(['completion', shell]))
  }
})

const uniqueSemaphore = uniqueName()

/** A queue, and its key as a completion offers it. */
function madeQueue(): { readonly key: number; readonly word: string } {
  const key = uniqueKey()
  SysvQueue.create(key).close()
  return { key, word: `0x${key.toString(16)}` }
}

function bash(line: string): string[] {
  const out = execFileSync('bash', [join(fixtures, 'cli/complete.bash'), join(folder, 'bash'), line], {
    encoding: 'utf8',
  })
  return out.split('\n').slice(0, -1)
}

test('bash: commands, options, kinds, columns', () => {
  assert.deepEqual(bash('hutong '), [...Object.keys(commands), '--help', '--version'])
  assert.deepEqual(bash('hutong com'), ['compare', 'completion'])
  assert.deepEqual(bash('hutong ls --no'), ['--noheadings', '--no-peek'])
  assert.deepEqual(bash('hutong ls p'), ['pipe', 'posix-mq', 'posix-sem', 'posix-shm'])
  assert.deepEqual(bash('hutong ls fifo mem'), ['memfd'])
  assert.deepEqual(bash('hutong ls --sort si'), ['size'])
  assert.deepEqual(bash('hutong ls --sort=si'), ['size'])
  assert.deepEqual(bash('hutong ls --pid '), [])
  assert.deepEqual(bash('hutong help se'), ['send', 'sem'])
  assert.deepEqual(bash('hutong completion f'), ['fish'])
  assert.deepEqual(bash('hutong sem posix-sem:/x '), ['wait', 'post', 'value'])
})

test('bash: addresses, as they go into a line whose words end at colons', async () => {
  const path = `${await uniquePath()}-pipe`
  execFileSync('mkfifo', [path])
  assert.deepEqual(bash('hutong make p'), ['posix-mq:', 'posix-sem:', 'posix-shm:'])
  assert.deepEqual(bash(`hutong rm fifo:${path.slice(0, -2)}`), [path])
  assert.deepEqual(bash(`hutong rm 'fifo:${path.slice(0, -2)}`), [`fifo:${path}`])
  assert.deepEqual(bash(`hutong rm mmap:${path.slice(0, -2)}`), [], 'a FIFO is no file')
  assert.deepEqual(bash(`hutong make "fifo:${path}?mo`), [`fifo:${path}?mode=`])
  assert.deepEqual(bash("hutong make 'posix-shm:/x?size=4K&m"), ['posix-shm:/x?size=4K&mode='])
  rmSync(path)
})

test('bash: a name in /dev/shm is offered, and never run', () => {
  const name = uniqueName()
  const bait = join(folder, 'bait')
  const hostile = [`/dev/shm/${name}$(touch bait)`, `/dev/shm/${name};true`, `/dev/shm/${name}'`]
  for (const file of [`/dev/shm/${name}`, ...hostile]) writeFileSync(file, '')
  assert.deepEqual(bash(`hutong show posix-shm:/${name}`), [`/${name}`])
  assert.ok(!existsSync(bait) && !existsSync('bait'))
  for (const file of [`/dev/shm/${name}`, ...hostile]) rmSync(file)
})

test('bash: keys of System V objects, names of semaphores', async () => {
  const { key, word } = madeQueue()
  assert.deepEqual(bash(`hutong recv sysv-mq:${word.slice(0, -1)}`), [word])
  assert.deepEqual(bash('hutong recv sysv-mq:0xzz'), [])
  execFileSync('ipcrm', ['-Q', `${key}`])
  const name = uniqueName()
  writeFileSync(`/dev/shm/sem.${name}`, '')
  assert.deepEqual(bash(`hutong sem posix-sem:/${name}`), [`/${name}`])
  rmSync(`/dev/shm/sem.${name}`)
})

const missing = (shell: string): string | false =>
  ['/bin', '/usr/bin', '/usr/local/bin'].some((bin) => existsSync(join(bin, shell)))
    ? false
    : `${shell} is not installed`

test('fish: commands, options, kinds, addresses', { skip: missing('fish') }, async () => {
  const path = `${await uniquePath()}-pipe`
  execFileSync('mkfifo', [path])
  const fish = (line: string): string[] =>
    execFileSync('fish', [join(fixtures, 'cli/complete.fish'), join(folder, 'fish'), line], {
      encoding: 'utf8',
    })
      .split('\n')
      .slice(0, -1)
      .map((offered) => offered.split('\t')[0] ?? '')
  assert.deepEqual(fish('hutong com'), ['compare', 'completion'])
  assert.deepEqual(fish('hutong ls --no').sort(), ['--no-peek', '--noheadings'])
  assert.deepEqual(fish('hutong ls p').sort(), ['pipe', 'posix-mq', 'posix-sem', 'posix-shm'])
  assert.deepEqual(fish('hutong make posix-s'), ['posix-sem:', 'posix-shm:'])
  const { key, word } = madeQueue()
  assert.deepEqual(fish(`hutong recv sysv-mq:${word.slice(0, -1)}`), [`sysv-mq:${word}`])
  execFileSync('ipcrm', ['-Q', `${key}`])
  writeFileSync(`/dev/shm/sem.${uniqueSemaphore}`, '')
  assert.deepEqual(fish(`hutong sem posix-sem:/${uniqueSemaphore}`), [`posix-sem:/${uniqueSemaphore}`])
  assert.deepEqual(fish('hutong sem posix-sem:/x w'), ['wait'])
  rmSync(`/dev/shm/sem.${uniqueSemaphore}`)
  assert.deepEqual(fish(`hutong rm fifo:${path.slice(0, -2)}`), [`fifo:${path}`])
  assert.deepEqual(fish("hutong make 'posix-shm:/x?si"), ['posix-shm:/x?size='])
  rmSync(path)
})

test('zsh reads the script and defines the completion', { skip: missing('zsh') }, () => {
  const script =
    'autoload -U compinit && compinit -D -u; source $1; echo $_comps[hutong]; whence -w _hutong_address'
  const out = execFileSync('zsh', ['-f', '-c', script, 'zsh', join(folder, 'zsh')], { encoding: 'utf8' })
  assert.equal(out, '_hutong\n_hutong_address: function\n')
})

test('without a word it is for the shell in $SHELL', async () => {
  const { stdout } = await run(['completion'], { env: { ...process.env, SHELL: '/usr/bin/fish' } })
  assert.match(stdout, /^# Completion of hutong for fish/)
})
