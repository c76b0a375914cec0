import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../support/hutong.ts'
import { here, type Result } from '../support/in-process.ts'
import '../support/leaks.ts'

// [arguments, status, what the one line on standard error must name]
const TABLE: [string[], number, RegExp][] = [
  [['lss'], 2, /no command 'lss'; did you mean ls\?/],
  [['frobnicate'], 2, /no command 'frobnicate'; see hutong --help/],
  [['--jsn'], 2, /unknown option --jsn/],
  [['ls', '--jsno'], 2, /unknown option --jsno; did you mean --json\?/],
  [['ls', '-Z'], 2, /unknown option -Z/],
  [['ls', '--json=yes'], 2, /--json takes no value/],
  [['ls', '--sort'], 2, /--sort needs a value: --sort COLUMN/],
  [['ls', '--sort', 'sise'], 2, /--sort: there is no column 'sise'; did you mean size\?/],
  [['ls', '-o', 'kind,nope'], 2, /--output: there is no column 'nope'/],
  [['ls', 'fifoo'], 2, /no kind 'fifoo'; did you mean fifo\?/],
  [['ls', 'sysv-msg'], 2, /no kind 'sysv-msg'; did you mean sysv-mq\? \(kinds: pipe, fifo/],
  [['ls', '--pid', 'abc'], 2, /--pid must be process ids, not 'abc'/],
  [['ls', '--pid', '4194305'], 1, /ESRCH: .*process 4194305/],
  [['show'], 2, /ADDRESS is missing/],
  [['show', 'fifo:/a', 'fifo:/b'], 2, /one ADDRESS only/],
  [['show', 'nonsense'], 2, /an address begins with its scheme.* in 'nonsense'/],
  [['show', 'fifo:/nowhere/at/all'], 1, /ENOENT: .*\/nowhere\/at\/all/],
  [['show', 'fifo:/etc/passwd'], 1, /ENODEV: .*fifo:\/etc\/passwd.*not a FIFO/],
  [['show', 'mmap:/'], 2, /names a directory/],
  [['show', '/tmp'], 1, /ENODEV: .*\/tmp/],
  [['show', 'pipe:[1]'], 1, /ENOENT: .*pipe:\[1\]/],
  [['show', 'posix-shm:/no-such-name'], 1, /ENOENT: .*posix-shm:\/no-such-name/],
  [['show', 'nats://localhost:1/x'], 2, /nats: cannot be shown.*fifo:, unix:/],
  [['show', 'sysv-mq:0x1'], 1, /ENOENT: .*sysv-mq:0x1/],
  [['show', 'sysv-sem:id:2147483647'], 1, /ENOENT: .*sysv-sem:\[2147483647\]/],
  [['show', 'sysv-mq:/no/such/file#1'], 1, /ENOENT: .*\/no\/such\/file/],
  [['show', 'posix-mq:/no-such-queue'], 1, /ENOENT: .*posix-mq:\/no-such-queue/],
  [['show', '/dev/shm/sem.no-such-semaphore'], 1, /ENOENT: .*sem.no-such-semaphore/],
  [['show', 'lock:[0:0:1]'], 1, /ENOENT: .*lock:\[0:0:1\]/],
  [['show', '4194305'], 1, /ESRCH: .*process 4194305/],
  [['make'], 2, /ADDRESS is missing/],
  [['make', 'posix-shm:/x'], 2, /posix-shm: needs a size/],
  [['make', 'posix-shm:/x?size=1Q'], 2, /K, M or G.* in 'posix-shm:\/x\?size=1Q'/],
  [['make', 'posix-shm:/x?size=0'], 2, /at least 1/],
  [['make', 'fifo:/x?mode=9'], 2, /octal/],
  [['make', 'fifo:/nowhere/at/all'], 1, /ENOENT: .*\/nowhere\/at\/all/],
  [['make', 'fifo:/etc/passwd'], 1, /EEXIST: .*\/etc\/passwd/],
  [['make', 'mmap:/etc/passwd?size=1'], 1, /EEXIST: .*\/etc\/passwd/],
  [['make', `fifo:/${'x'.repeat(300)}`], 2, /300 bytes, at most 255/],
  [['make', 'fd:3'], 2, /fd: cannot be made/],
  [['make', 'unix:/s'], 2, /unix: cannot be made.*fifo:, sysv-mq:/],
  [['make', 'sysv-mq:id:5'], 2, /sysv-mq:id:5 names what exists; give a key, or sysv-mq:0/],
  [['make', 'sysv-shm:0x1'], 2, /sysv-shm: needs a size: sysv-shm:0x1\?size=4K/],
  [['make', 'sysv-mq:/no/such/file#1'], 1, /ENOENT: .*\/no\/such\/file/],
  [['make', 'posix-mq:/q?maxmsg=65537'], 2, /65536/],
  [['make', 'posix-sem:/s?value=-1'], 2, /posix-sem/],
  [['rm'], 2, /ADDRESS is missing/],
  [['rm', '--yes', 'fifo:/x'], 2, /--yes goes with --orphans/],
  [['rm', '--orphans', 'fifo:/x'], 2, /--orphans finds the addresses itself/],
  [['rm', '--orphans'], 2, /without a terminal say --yes/],
  [['rm', 'fifo:/etc/passwd'], 1, /EINVAL: .*\/etc\/passwd.*not a FIFO/],
  [['rm', 'posix-shm:/no-such-name'], 1, /ENOENT: .*no-such-name/],
  [['rm', 'fifo:/no-such-fifo', 'tcp:localhost:1'], 2, /tcp: cannot be removed/],
  [['send'], 2, /ADDRESS is missing/],
  [['send', 'fifo:/etc/passwd', 'x'], 1, /ERR_NOT_A_PIPE: \/etc\/passwd/],
  [['send', 'fifo:/x', 'a', '--timeout', '-5'], 2, /--timeout must be a whole number.*'-5'/],
  [['send', 'fifo:/x', '--lines', 'a'], 2, /--lines reads standard input/],
  [['send', 'fifo:/x', '--lines', '--raw'], 2, /--lines and --raw exclude each other/],
  [['send', '-', 'two\nlines'], 1, /ERR_FRAMING_REFUSED: .*newline/],
  [['send', '-?framing=fixed:3', 'four'], 1, /ERR_FRAMING_REFUSED: .*4 bytes/],
  [['send', 'posix-shm:/x', 'a', 'b'], 2, /posix-shm: is memory/],
  [['send', 'fd:77', 'x'], 1, /EBADF: .*fd:77/],
  [['send', 'sysv-sem:1', 'x'], 2, /sysv-sem: cannot be sent to/],
  [['send', 'sysv-mq:0x1', 'x'], 1, /ENOENT: .*0x00000001/],
  [['send', 'sysv-mq:0x1?type=0', 'x'], 2, /a type of 1 or more, not 0/],
  [['send', 'sysv-mq:0x1?except=2', 'x'], 2, /except is for recv/],
  [['send', 'sysv-mq:0', 'x'], 2, /key 0 is IPC_PRIVATE.*sysv-mq:id:ID/],
  [['send', 'posix-mq:/no-such-queue', 'x'], 1, /ENOENT: .*no-such-queue/],
  [['recv', 'sysv-mq:id:2147483647'], 1, /EINVAL: .*2147483647/],
  [['recv', 'sysv-mq:0x1?except=0'], 2, /except is 1 or more, not 0/],
  [['recv', 'posix-mq:/q?priority=1'], 2, /priority is for send/],
  [['recv', 'sysv-shm:0x1', '-n', '1'], 2, /--count: sysv-shm: is memory/],
  [['rm', 'sysv-sem:0x1'], 1, /ENOENT: .*0x00000001/],
  [['rm', 'posix-mq:/no-such-queue'], 1, /ENOENT: .*no-such-queue/],
  [['rm', 'posix-sem:/no-such-semaphore'], 1, /ENOENT: .*no-such-semaphore/],
  [['sem'], 2, /ADDRESS is missing/],
  [['sem', 'posix-sem:/x'], 2, /say wait, post, value after the address/],
  [['sem', 'posix-sem:/x', 'down'], 2, /say wait, post, value.*'down'/],
  [['sem', 'posix-sem:/x', 'wait', 'post'], 2, /'post' is too much/],
  [['sem', 'posix-sem:/x', 'post', '--try'], 2, /--try goes with wait/],
  [['sem', 'posix-sem:/x', 'wait', '--try', '--timeout', '5'], 2, /--timeout and --try exclude/],
  [['sem', 'sysv-mq:0x1', 'wait'], 2, /sysv-mq: cannot be waited on.*sysv-sem:, posix-sem:/],
  [['sem', 'posix-sem:/no-such-semaphore', 'wait'], 1, /ENOENT: .*no-such-semaphore/],
  [['sem', 'sysv-sem:0x1', 'wait'], 1, /ENOENT: .*0x00000001/],
  [['lock'], 2, /ADDRESS or PATH is missing/],
  [['lock', '/tmp/x'], 2, /COMMAND is missing/],
  [['lock', '/tmp/x', '--shred', 'ls'], 2, /unknown option --shred; did you mean --shared/],
  [['lock', 'fifo:/x', '--', 'ls'], 2, /fifo: cannot be locked.*mmap:, sysv-sem:, posix-sem:/],
  [['lock', '/nowhere/at/all', '--', 'ls'], 1, /ENOENT: .*\/nowhere\/at\/all/],
  [['lock', 'posix-sem:/x', '--shared', '--', 'ls'], 2, /--shared is for files/],
  [['lock', 'posix-sem:/no-such-semaphore', '--', 'ls'], 1, /ENOENT: .*no-such-semaphore/],
  [['recv'], 2, /ADDRESS is missing/],
  [['recv', '-', '-n', '0'], 2, /--count must be a whole number from 1/],
  [['recv', '-', '-n', '1', '-f'], 2, /--count and --follow exclude/],
  [['recv', '-', '--raw', '--json'], 2, /--raw and --json exclude/],
  [['recv', 'posix-shm:/x', '-f'], 2, /--follow: posix-shm: is memory/],
  [['recv', 'mmap:/nowhere/at/all'], 1, /ENOENT: .*\/nowhere\/at\/all/],
  [['recv', '-?framing=nonsense'], 2, /length/],
  [['completion', 'tcsh'], 2, /one of bash, zsh, fish, not 'tcsh'/],
  [['help', 'frob'], 2, /no command 'frob'/],
  [['help', 'ls', 'rm'], 2, /help takes one command/],
]

function check(args: readonly string[], [status, names]: readonly [number, RegExp], got: Result): void {
  const what = `hutong ${args.join(' ')}\n${got.stderr}`
  assert.match(got.stderr, /^hutong[^\n]*\n$/, what)
  assert.match(got.stderr, names, what)
  assert.doesNotMatch(got.stderr, /node:internal|\.js:\d/, what)
  assert.deepEqual([got.code, got.stdout], [status, ''], what)
}

test('every slip is one line that names it, with the right status, and nothing on standard output', async () => {
  for (const [args, ...wanted] of TABLE) check(args, wanted, await here(args))
})

test('so it is in a process of its own: a word, an option, an address, an error of the system', async () => {
  const slips = ['frobnicate', 'ls --jsno', 'show nonsense', 'rm fifo:/etc/passwd']
  const some = TABLE.filter(([args]) => slips.includes(args.join(' ')))
  assert.equal(some.length, slips.length)
  await Promise.all(some.map(async ([args, ...wanted]) => check(args, wanted, await run(args))))
  // What reads its own standard input can only be tried there.
  check(['recv', '-'], [1, /closed standard input after 0 of 1 message/], await run(['recv', '-']))
})

test('what a slip contains cannot disturb the terminal', async () => {
  for (const args of [
    ['ls', '\x1b[2J\n'],
    ['show', 'fifo:/\x1b]0;x\x07'],
    ['\x1b[31m'],
    ['rm', 'fifo:/no%0Asuch%1B'],
  ]) {
    const { stderr } = await here(args)
    assert.match(stderr, /^hutong[^\n]*\n$/)
    assert.doesNotMatch(stderr.slice(0, -1), /\p{Cc}/u)
  }
})
