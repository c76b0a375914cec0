import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, test } from 'node:test'
import { Fifo, UnixSocket } from 'hutong'
import { constants, fcntl, must } from 'hutong/sys'
import { start } from '../support/child.ts'
import { hutong, run, shell } from '../support/hutong.ts'
import { done, here } from '../support/in-process.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'

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
    const sent = here(['send', `${fifo}?framing=${framing}`, ...messages])
    const got = await here(['recv', `${fifo}?framing=${framing}`, '-n', '3', '--json'])
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
  const bytes = Buffer.from('one\ntwo\nthree\n')
  writeFileSync(file, bytes)
  const script = '$hutong recv -; cat'
  // What Node gives a child as a pipe is a socket.
  const child = start('sh', ['-c', script], { env: { ...process.env, hutong: hutongWords } })
  child.process.stdin?.end(bytes)
  const ended = [shell(`(${script}) < ${file}`), shell(`cat ${file} | (${script})`), child.ended]
  for (const { stdout } of await Promise.all(ended)) assert.equal(stdout, 'one\ntwo\nthree\n')
})

/** A file, a FIFO and a socket that hold these bytes, as addresses for one use each; and what is left in them after that. */
async function holding(bytes: Uint8Array): Promise<[address: string, left: () => string][]> {
  const file = await uniquePath()
  writeFileSync(file, bytes)
  const fd = openSync(file, 'r')
  const pipe = Fifo.create(path).openBoth()
  pipe.writer.writeSync(bytes)
  const [socket, peer] = UnixSocket.pair()
  peer.writeSync(bytes)
  const text = (chunk: Uint8Array | null | undefined): string => Buffer.from(chunk ?? []).toString('latin1')
  cleanUp(() => {
    closeSync(fd)
    for (const end of [pipe.reader, pipe.writer, socket, peer]) end.close()
    rmSync(path)
  })
  return [
    [`fd:${fd}`, () => readFileSync(fd, 'latin1')],
    [fifo, () => text(pipe.reader.tryRead())],
    [
      `fd:${must(fcntl(socket.fd, constants.F_DUPFD_CLOEXEC, 0), 'fcntl')}`,
      () => text(socket.tryReceive()?.data),
    ],
  ]
}

for (const [framing, bytes, rest] of [
  ['fixed:3', 'onetwothree', 'twothree'],
  ['length', '\x03\0\0\0one\x03\0\0\0two', '\x03\0\0\0two'],
] as const) {
  test(`so it is when messages have a length: ${framing}`, async () => {
    for (const [address, left] of await holding(Buffer.from(bytes))) {
      assert.equal(await done(['recv', `${address}?framing=${framing}`]), 'one\n')
      assert.equal(left(), rest)
    }
  })
}

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
    const { code, stderr } = await here([command, fifo, '--timeout', '50'])
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
    [3, 7, 8].map((fd) =>
      run(['send', `fd:${fd}`, 'x', '--timeout', '500'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    ),
  )
  for (const { code, stderr } of ended) {
    assert.equal(code, 1, stderr)
    assert.match(stderr, /^hutong send: EBADF: /)
  }
})

const hutongWords = `${process.execPath} ${(await import('../support/paths.ts')).command}`
