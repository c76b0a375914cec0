// send, recv, rm, ls and show with Unix sockets, TCP and UDP.
import assert from 'node:assert/strict'
import { lstatSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { UnixDatagram, UnixListener, UnixSocket } from 'hutong'
import { start } from '../support/child.ts'
import { hutong, run, shell } from '../support/hutong.ts'
import { here } from '../support/in-process.ts'
import { cleanUp, uniqueName, uniquePath } from '../support/leaks.ts'

const gone = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined

test('a stream: lines from hutong and from Python, and the path goes with the command', async () => {
  const path = await uniquePath()
  // Who sends the third may find that the receiver of two has gone.
  const { stdout, stderr } = await shell(
    `$hutong recv -n 2 unix:$path & $hutong send unix:$path one 'two words' three 2>/dev/null; wait
     $hutong recv --follow unix:$path & python3 -c '
import socket, time, sys
s = socket.socket(socket.AF_UNIX)
while s.connect_ex(sys.argv[1]): time.sleep(0.01)
s.sendall(b"from\\nPython")' $path; wait`,
    { env: { path } },
  )
  assert.deepEqual([stdout, stderr], ['one\ntwo words\nfrom\nPython\n', ''])
  assert.ok(gone(path))
})

test('packets: seqpacket and datagrams keep messages apart, and say who sent them', async () => {
  const name = uniqueName()
  for (const type of ['seqpacket', 'dgram']) {
    const address = `unix:@${name}?type=${type}`
    const receiving = here(['recv', address, '-n', '3', '--json'])
    const sender = hutong(['send', address, 'a\nb', '', 'third'])
    assert.equal((await sender.ended).code, 0)
    const { stdout, stderr } = await receiving
    const got = stdout.split('\n').slice(0, -1)
    assert.deepEqual(
      got.map((line) => JSON.parse(line)),
      ['a\nb', '', 'third'].map((text) => ({
        address: `unix:@${name}`,
        sender: { pid: sender.pid, uid: process.getuid?.(), gid: process.getgid?.() },
        length: text.length,
        text,
      })),
      stderr,
    )
  }
})

test('TCP and UDP: a port that the kernel chose is told; bytes and packets arrive', async () => {
  for (const kind of ['tcp', 'udp']) {
    const receiver = hutong(['recv', `${kind}:127.0.0.1:0`])
    const told = await new Promise<string>((resolve) => receiver.process.stderr?.once('data', resolve))
    const address = /listening at (\S+)/.exec(told)?.[1] ?? assert.fail(told)
    assert.equal((await here(['send', address, `over ${kind}`])).code, 0)
    assert.equal((await receiver.ended).stdout, `over ${kind}\n`)
  }
})

test('nobody comes, nobody is there: 124 in time, 1 after a moment', async () => {
  const path = await uniquePath()
  const [received, sent, timed, early] = await Promise.all([
    here(['recv', `unix:${path}`, '--timeout', '30']),
    here(['send', `unix:${path}-nobody`, 'x']),
    here(['recv', `unix:@${uniqueName()}?type=dgram`, '--timeout', '30']),
    here(['send', `unix:${path}?type=seqpacket&framing=lines`, 'x']),
  ])
  assert.deepEqual([received.code, sent.code, timed.code, early.code], [124, 1, 124, 2])
  assert.match(received.stderr, /waiting for a sender to unix:.* timed out after 30 ms/)
  assert.match(sent.stderr, /ENOENT/)
  assert.ok(gone(path))
})

test('a sender that ends too early: what came, and exit status 1', async () => {
  const path = await uniquePath()
  const [stream, packets] = [`unix:${path}`, `unix:${path}-2?type=seqpacket`]
  for (const address of [stream, packets]) {
    const receiving = here(['recv', '-n', '2', address])
    await here(['send', address, 'only one'])
    const { code, stdout, stderr } = await receiving
    assert.deepEqual([code, stdout], [1, 'only one\n'])
    assert.match(stderr, /the sender closed unix:.* after 1 of 2 messages/)
  }
})

test('an interrupt leaves no path behind, whatever waits', async () => {
  for (const type of ['stream', 'seqpacket', 'dgram']) {
    const path = await uniquePath()
    const receiver = hutong(['recv', `unix:${path}?type=${type}`])
    while (gone(path)) await new Promise((resolve) => setTimeout(resolve, 2))
    // The path is there a moment before the signal is listened to.
    for (let tries = 0; tries < 20 && !gone(path); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      receiver.process.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.equal((await receiver.ended).signal, 'SIGINT')
    assert.ok(gone(path))
  }
})

test('rm: a stale path goes; a live one only when forced; what is no socket stays', async () => {
  const [stale, live, file] = [await uniquePath(), await uniquePath(), await uniquePath()]
  UnixListener.listen(stale).close()
  using _ = UnixDatagram.create(live)
  writeFileSync(file, 'precious')
  const { code, stderr } = await here(['rm', `unix:${stale}`, `unix:${live}`, `unix:${file}`, 'unix:@name'])
  assert.equal(code, 1)
  assert.match(stderr, /EBUSY.*--force[\s\S]*EINVAL.*no socket[\s\S]*EOPNOTSUPP.*abstract/)
  assert.deepEqual([gone(stale), gone(live), gone(file)], [true, false, false])
  assert.equal((await here(['rm', '--force', `unix:${live}`])).code, 0)
  assert.ok(gone(live))
})

test('ls and show: a listener, a connection with who has which end, by address, path and inode', async () => {
  const path = await uniquePath()
  using listener = UnixListener.listen(path, { backlog: 7 })
  const peer = start('python3', [
    '-c',
    'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b"12345"); sys.stdin.read()',
    path,
  ])
  using socket = await listener.accept()
  cleanUp(() => socket.close())
  while (socket.queued < 5) await new Promise((resolve) => setImmediate(resolve))
  using waiting = UnixSocket.connectSync(path)
  const [listing, shown, byPath] = await Promise.all([
    run(['ls', 'unix', '--json', '--pid', `${process.pid}`]),
    here(['show', `unix:${path}`]),
    here(['show', path]),
  ])
  assert.equal(waiting.closed, false)
  assert.match(shown.stdout, /state +listening[\s\S]*1 waiting to be accepted[\s\S]*backlog +7/)
  assert.equal(byPath.stdout, shown.stdout)
  const { objects, attachments } = JSON.parse(listing.stdout)
  const connection = objects.find(
    (each: { state: string; queued: number }) => each.state === 'connected' && each.queued === 5,
  )
  assert.equal(connection.name, path)
  assert.equal(connection.ends.length, 2)
  const pids = attachments.flatMap((one: { object: string; pid: number; through: { socket: number } }) =>
    one.object === connection.id ? [[one.pid, one.through.socket]] : [],
  )
  assert.deepEqual(new Set(pids.map(([pid]: [number]) => pid)), new Set([process.pid, peer.pid]))
  assert.equal(new Set(pids.map(([, inode]: [number, number]) => inode)).size, 2)
  const [inode] = connection.ends.map((end: { inode: number }) => end.inode)
  const byInode = await here(['show', `socket:[${inode}]`])
  assert.match(byInode.stdout, /python3.*fd \d+, socket \d+/)
  peer.process.stdin?.end()
  await peer.ended
})
