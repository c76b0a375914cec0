import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, test } from 'node:test'
import { start } from '../support/child.ts'
import { hutong, run, shell } from '../support/hutong.ts'
import { uniqueName, uniquePath } from '../support/leaks.ts'

let path = ''
let fifo = ''
beforeEach(async () => {
  path = await uniquePath()
  fifo = `fifo:${path}`
})

/** Runs with a FIFO at `path`; $fifo is its address, $path its path. */
async function withFifo(
  script: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  execFileSync('mkfifo', [path])
  const ended = await shell(script, { env: { fifo, path } })
  rmSync(path)
  return ended
}

test('a foreign program is the sender: echo, printf without a newline, cat of a file', async () => {
  const { stdout } = await withFifo(`
    (echo hi > $path) & $hutong recv $fifo
    (printf hi > $path) & $hutong recv $fifo
    (seq 3 > $path) & $hutong recv -f $fifo
    (printf 'a\\0b\\r\\n\\nc' > $path) & $hutong recv -n 3 --json $fifo`)
  assert.equal(
    stdout,
    'hi\nhi\n1\n2\n3\n' +
      [
        ['a\0b\r', 4],
        ['', 0],
        ['c', 1],
      ]
        .map(([text, length]) => `${JSON.stringify({ address: fifo, length, text })}\n`)
        .join(''),
  )
})

test('a foreign program is the reader: cat, read, dd', async () => {
  const { stdout } = await withFifo(`
    cat $path & $hutong send $fifo one 'two words' ''; wait
    (read -r line < $path; echo "[$line]") & echo from stdin | $hutong send $fifo; wait
    (dd if=$path bs=64k count=1 2>/dev/null | wc -c) & $hutong send "$fifo?framing=none" abc; wait`)
  assert.equal(stdout, 'one\ntwo words\n\n[from stdin]\n3\n')
})

test('every framing carries between the two what it can', async () => {
  for (const framing of ['lines', 'length', 'fixed:5']) {
    const messages =
      framing === 'fixed:5' ? ['12345', 'ab\ncd', '67890'] : ['', 'ü', framing === 'length' ? 'a\nb' : 'a b']
    execFileSync('mkfifo', [path])
    const sent = run(['send', `${fifo}?framing=${framing}`, ...messages])
    const got = await run(['recv', `${fifo}?framing=${framing}`, '-n', '3', '--json'])
    assert.equal((await sent).code, 0)
    const texts = got.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text)
    assert.deepEqual(texts, messages, framing)
    rmSync(path)
  }
})

test('one message is taken and nothing of the next, from a file, a pipe and a socket', async () => {
  const file = await uniquePath()
  const length = (text: string): Buffer =>
    Buffer.concat([Buffer.from([text.length, 0, 0, 0]), Buffer.from(text)])
  const cases: [framing: string, bytes: Buffer, first: string, rest: string][] = [
    ['lines', Buffer.from('one\ntwo\nthree\n'), 'one', 'two\nthree\n'],
    ['fixed:3', Buffer.from('onetwothree'), 'one', 'twothree'],
    ['length', Buffer.concat([length('one'), Buffer.from('two')]), 'one', 'two'],
  ]
  for (const [framing, bytes, first, rest] of cases) {
    writeFileSync(file, bytes)
    const script = `$hutong recv '-?framing=${framing}'; cat`
    const [fromFile, fromPipe] = await Promise.all([
      shell(`(${script}) < ${file}`),
      shell(`cat ${file} | (${script})`),
    ])
    assert.deepEqual([fromFile.stdout, fromPipe.stdout], [`${first}\n${rest}`, `${first}\n${rest}`], framing)
    // What Node gives a child as a pipe is a socket.
    const child = start('sh', ['-c', script], { env: { ...process.env, hutong: hutongWords } })
    child.process.stdin?.end(bytes)
    assert.equal((await child.ended).stdout, `${first}\n${rest}`, framing)
  }
  rmSync(file)
})

test('--lines sends each line as it comes, and the reader has it at once', async () => {
  execFileSync('mkfifo', [path])
  const sender = hutong(['send', '--lines', fifo])
  const reader = hutong(['recv', '--follow', fifo])
  for (const line of ['first', '', 'second']) {
    sender.tell(line)
    assert.equal(await reader.line(), line)
  }
  sender.process.stdin?.end('without a newline')
  assert.equal(await reader.line(), 'without a newline')
  assert.deepEqual([(await sender.ended).code, (await reader.ended).code], [0, 0])
  rmSync(path)
})

test('--raw moves bytes as they are, many more than a pipe holds', async () => {
  const file = await uniquePath()
  const bytes = randomBytes(3_000_001)
  writeFileSync(file, bytes)
  const { stdout } = await withFifo(
    `$hutong recv --raw $fifo | sha256sum & $hutong send --raw $fifo < ${file}; wait`,
  )
  assert.equal(stdout.slice(0, 64), createHash('sha256').update(bytes).digest('hex'))
  rmSync(file)
})

test('bytes that are no UTF-8 go through, and are base64 in JSON', async () => {
  const { stdout } = await withFifo(`(printf '\\377\\n' > $path) & $hutong recv --json $fifo`)
  assert.deepEqual(JSON.parse(stdout), { address: fifo, length: 1, base64: '/w==' })
})

test('whoever is alone times out with 124', async () => {
  execFileSync('mkfifo', [path])
  for (const [command, peer] of [
    ['recv', 'writer'],
    ['send', 'reader'],
  ] as const) {
    const { code, stderr } = await run([command, fifo, '--timeout', '50'])
    assert.equal(code, 124)
    assert.equal(
      stderr,
      `hutong ${command}: ETIMEDOUT: waiting for a ${peer} of ${fifo} timed out after 50 ms\n`,
    )
  }
  rmSync(path)
})

test('a writer that says nothing, and a reader that makes no room, time out, too', async () => {
  // A descriptor open for both keeps either end of the FIFO there, and silent.
  const { stdout, stderr } = await withFifo(`
    exec 9<> $path
    $hutong recv $fifo --timeout 800; echo $?
    head -c 200000 /dev/zero | $hutong send --raw $fifo --timeout 800; echo $?`)
  assert.equal(stdout, '124\n124\n')
  assert.match(stderr, /waiting for a message from fifo:\S+ timed out after 800 ms\n/)
  assert.match(stderr, /writing to fifo:\S+ timed out after 800 ms\n/)
})

test('a sender that closes early is a failure, after what it did send', async () => {
  const { stdout, stderr } = await withFifo(`(echo one > $path) & $hutong recv -n 3 $fifo; echo $?`)
  assert.equal(stdout, 'one\n1\n')
  assert.equal(stderr, `hutong recv: the sender closed ${fifo} after 1 of 3 messages\n`)
})

test('a reader that leaves is EPIPE for the sender', async () => {
  const { stdout, stderr } = await withFifo(
    `head -c 1 $path > /dev/null & yes | $hutong send --lines $fifo; echo $?`,
  )
  assert.equal(stdout, '1\n')
  assert.match(stderr, /^hutong send: EPIPE: [^\n]*\n$/)
})

test('a message cut off in the middle is a failure', async () => {
  const { stdout, stderr } = await withFifo(
    `(printf '\\010\\0\\0\\0half' > $path) & $hutong recv "$fifo?framing=length"; echo $?`,
  )
  assert.equal(stdout, '1\n')
  assert.match(stderr, /^hutong recv: ERR_FRAMING_TRUNCATED: [^\n]*4 bytes are missing\n$/)
})

test('no message is sent when one of them cannot be', async () => {
  const { stdout } = await withFifo(`
    (cat $path; echo end) & reader=$!
    $hutong send $fifo fine $'not\\nfine' 2>/dev/null; echo $?
    : > $path; wait $reader`)
  assert.equal(stdout, '1\nend\n')
})

test('memory: a C string at an offset, read by perl; bytes, and what does not fit', async () => {
  const [name, file] = [`/${uniqueName()}`, await uniquePath()]
  for (const [address, at] of [
    [`posix-shm:${name}`, `/dev/shm${name}`],
    [`mmap:${file}`, file],
  ] as const) {
    assert.equal((await run(['make', `${address}?size=16`])).code, 0)
    writeFileSync(at, '................')
    assert.equal((await run(['send', `${address}?offset=4`, 'hello'])).code, 0)
    assert.equal(readFileSync(at, 'latin1'), '....hello\0......')
    assert.equal((await run(['recv', `${address}?offset=4`])).stdout, 'hello\n')
    assert.equal((await run(['recv', `${address}?offset=2&size=4`, '--raw'])).stdout, '..he')
    assert.equal((await run(['send', `${address}?offset=12`, '--raw'], { input: 'end\n' })).code, 0)
    assert.equal(
      execFileSync('perl', ['-e', 'open F, shift; seek F, 12, 0; read F, $x, 9; print $x', at], {
        encoding: 'latin1',
      }),
      'end\n',
    )
    const long = await run(['send', `${address}?offset=12`, '12345'])
    assert.deepEqual([long.code, readFileSync(at, 'latin1').slice(12)], [1, 'end\n'])
    assert.match(long.stderr, /^hutong send: EFBIG: [^\n]*5 bytes at offset 12 do not fit: it has 16\.\n$/)
    const beyond = await run(['recv', `${address}?offset=16`])
    assert.match(beyond.stderr, /^hutong recv: ENXIO: /)
    assert.equal((await run(['rm', address])).code, 0)
  }
})

test('inherited descriptors and standard streams', async () => {
  const file = await uniquePath()
  const { stdout } = await shell(`
    seq 3 > ${file}; exec 3< ${file}; $hutong recv fd:3; $hutong recv fd:3; exec 3<&-
    exec 4> ${file}; $hutong send fd:4 x y; cat ${file}
    $hutong send - to stdout | cat
    echo through | $hutong recv -
    $hutong send fd:1 one | cat`)
  assert.equal(stdout, '1\n2\nx\ny\nto\nstdout\nthrough\none\n')
  rmSync(file)
})

test('a descriptor of Node’s own is no descriptor of the command', async () => {
  const ended = await Promise.all(
    [3, 7, 9, 12, 14].map((fd) =>
      run(['send', `fd:${fd}`, 'x', '--timeout', '500'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    ),
  )
  for (const { code, stderr } of ended) {
    assert.equal(code, 1, stderr)
    assert.match(stderr, /^hutong send: EBADF: /)
  }
})

const hutongWords = `${process.execPath} ${(await import('../support/paths.ts')).command}`
