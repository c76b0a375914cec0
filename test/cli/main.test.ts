import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { wantsColour } from '#src/cli/io.ts'
import { commands } from '#src/cli/table.ts'
import '../support/leaks.ts'
import { hutong, run, shell } from '../support/hutong.ts'
import { uniquePath } from '../support/leaks.ts'

test('alone it prints its help to standard error, and status 2: a script that forgot the command shall fail', async () => {
  const [alone, asked] = await Promise.all([run([]), run(['--help'])])
  assert.deepEqual([alone.code, alone.stdout, alone.stderr], [2, '', asked.stdout])
  assert.deepEqual([asked.code, asked.stderr], [0, ''])
  for (const name of Object.keys(commands)) assert.match(asked.stdout, new RegExp(`^  ${name} `, 'm'))
})

test('the version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { stdout, code } = await run(['--version'])
  assert.deepEqual([stdout, code], [`hutong ${version}\n`, 0])
})

test('every command explains itself, with examples that begin with hutong', async () => {
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load()
    assert.equal(command.name, name)
    assert.ok(command.examples.length > 0, `${name} has an example`)
    for (const { line } of command.examples) assert.match(line, /\bhutong \w/)
    for (const [option, { type, value }] of Object.entries(command.options)) {
      assert.equal(
        value !== undefined,
        type === 'string',
        `${name} --${option} names its value if it has one`,
      )
    }
  }
  const [long, short, word] = await Promise.all([
    run(['ls', '--help']),
    run(['send', 'fifo:/x', '-h']),
    run(['help', 'ls']),
  ])
  assert.deepEqual([long.code, short.code, word.code], [0, 0, 0])
  assert.equal(word.stdout, long.stdout)
  assert.match(short.stdout, /Usage:\n {2}hutong send/)
})

test('a reader that leaves ends it quietly', async () => {
  for (const line of ['$hutong ls -a | head -1', '$hutong --help | true']) {
    const { stderr } = await shell(`${line}; echo "\${PIPESTATUS[*]}" >&2`)
    const last = stderr.trimEnd().split('\n').at(-1)
    assert.match(last ?? '', /^((0|141) )?0 0$/, `${line}: ${stderr}`)
    assert.doesNotMatch(stderr, /EPIPE|at .*\.js/)
  }
})

test('a reader that leaves ends it soon, however much there is to print', async () => {
  const script = 'yes | head -c 4000000 | { $hutong recv -f - | head -1; wc -c; }'
  const { stdout, stderr } = await shell(script)
  const [line, left] = stdout.split('\n')
  assert.deepEqual([line, stderr], ['y', ''])
  assert.ok(Number(left) > 3_000_000, `of 4 MB it has left ${left}`)
})

test('output that cannot be written is a failure', async () => {
  const { code, stderr } = await shell('$hutong --help > /dev/full')
  assert.equal(code, 1)
  assert.equal(stderr, 'hutong: ENOSPC: cannot write to standard output\n')
})

test('SIGINT ends a waiting command at once, with 130 for the shell, and nothing is printed', async () => {
  const path = await uniquePath()
  const { stdout, stderr } = await shell(
    'mkfifo "$0"; $hutong recv fifo:"$0" & sleep 0.5; while kill -INT $! 2>/dev/null; do sleep 0.1; done; wait $!; echo $?; rm "$0"'.replaceAll(
      '$0',
      path,
    ),
  )
  assert.deepEqual([stdout, stderr], ['130\n', ''])
})

test('it dies of the signal itself, so that a shell’s loop ends, too', async () => {
  const child = hutong(['recv', '-'])
  await new Promise((resolve) => setTimeout(resolve, 400))
  child.process.kill('SIGINT')
  const { signal } = await child.ended
  assert.equal(signal, 'SIGINT')
})

test('colours: only on a terminal, NO_COLOR always wins, FORCE_COLOR paints elsewhere', () => {
  const table: [boolean, NodeJS.ProcessEnv, boolean][] = [
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
  ]
  for (const [terminal, env, wanted] of table) {
    assert.equal(wantsColour(terminal, env), wanted, `${terminal} ${JSON.stringify(env)}`)
  }
})

test('a terminal gets colours and its width; a pipe gets neither', async () => {
  const env = { NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm' }
  const [terminal, piped] = await Promise.all([
    shell('script -qec "stty cols 60; $hutong ls -a 2>/dev/null" /dev/null < /dev/null', { env }),
    shell('$hutong ls -a | cat', { env }),
  ])
  assert.ok(terminal.stdout.includes('\u001b[1mKIND'))
  const lines = terminal.stdout
    .replaceAll('\u001b[1m', '')
    .replaceAll('\u001b[22m', '')
    .trimEnd()
    .split('\r\n')
  assert.ok(lines.length > 1)
  for (const line of lines) assert.ok([...line].length <= 60, line)
  assert.ok(!piped.stdout.includes('\u001b') && !piped.stdout.includes('…'))
})
