// listen and connect: addresses, their options, what is there before and what is left.
import assert from 'node:assert/strict'
import { existsSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { TimeoutError, UnixListener } from 'hutong'
import { type Channel, type ChannelListener, connect, type ListenOptions, listen } from 'hutong/channel'
import { cleanUp, uniqueName, uniquePath } from '../support/leaks.ts'

async function listening(address: string, options?: ListenOptions): Promise<ChannelListener<Uint8Array>> {
  const listener = await listen(address, options)
  cleanUp(() => listener.close())
  return listener
}

async function meet(
  listener: ChannelListener<Uint8Array>,
): Promise<readonly [Channel<Uint8Array>, Channel<Uint8Array>]> {
  const ends = await Promise.all([connect(listener.address), listener.accept()])
  cleanUp(() => ends.map((end) => end.destroy()))
  return ends
}

test('a listener tells its address, and takes its path away', async () => {
  const path = await uniquePath()
  const listener = await listening(`unix:${path}?mode=0660&framing=lines`)
  assert.equal(listener.address, `unix:${path}?mode=0660&framing=lines`)
  assert.equal(statSync(path).mode & 0o777, 0o660 & ~process.umask())
  const [one, other] = await meet(listener)
  assert.deepEqual([one.label, other.label, one.peer?.pid], [`unix:${path}`, `unix:${path}`, process.pid])
  listener.close()
  listener.close()
  assert.equal(existsSync(path), false)
  assert.ok(listener.closed)
  await assert.rejects(listener.accept(), { code: 'EBADF' })
  one.trySend(Buffer.from('still open'))
  assert.equal(Buffer.from((await other.receive()) ?? []).toString(), 'still open')
})

test('a path that is another object by now stays; one that a dead listener left is taken over', async () => {
  const path = await uniquePath()
  const first = await listening(`unix:${path}`)
  await assert.rejects(listen(`unix:${path}`), { code: 'EADDRINUSE' })
  unlinkSync(path)
  writeFileSync(path, 'somebody else')
  first.close()
  assert.ok(existsSync(path))
  unlinkSync(path)
  UnixListener.listen(path).close()
  assert.ok(existsSync(path))
  await meet(await listening(`unix:${path}`))
})

test('abstract names, TCP on a free port, FIFOs, each found under the address that is told', async () => {
  const tcp = await listening('tcp:127.0.0.1:0')
  assert.match(tcp.address, /^tcp:127\.0\.0\.1:[1-9][0-9]*$/)
  const fifo = await uniquePath()
  for (const listener of [
    tcp,
    await listening(`unix:@${uniqueName()}`),
    await listening(`fifo:${fifo}?capacity=64K`),
    await listening('tcp:[::1]:0').catch(() => tcp),
  ]) {
    const [one, other] = await meet(listener)
    other.trySend(Buffer.from('hello'))
    assert.equal((await one.receive())?.length, 5)
    listener.close()
    for (const end of [one, other]) end.destroy()
  }
  assert.deepEqual([existsSync(fifo), existsSync(`${fifo}.back`)], [false, false])
})

test('iterating ends when the listener is closed; a wait for a channel can be given up', async () => {
  for (const address of [`unix:${await uniquePath()}`, 'tcp:127.0.0.1:0', `fifo:${await uniquePath()}`]) {
    const listener = await listening(address)
    await assert.rejects(listener.accept({ timeout: 1 }), TimeoutError)
    const control = new AbortController()
    const accepting = listener.accept({ signal: control.signal })
    control.abort(new Error('enough'))
    await assert.rejects(accepting, /enough/)
    const seen: Channel<Uint8Array>[] = []
    const iterating = (async () => {
      for await (const channel of listener) seen.push(channel)
    })()
    const channel = await connect(listener.address)
    channel.destroy()
    while (seen.length === 0) await new Promise(setImmediate)
    const waiting = listener.accept()
    listener.close()
    await assert.rejects(waiting, { code: 'EBADF' })
    await iterating
    for (const each of seen) each.destroy()
  }
})

test('a second FIFO listener is told; a second who connects, too', async () => {
  const path = await uniquePath()
  const listener = await listening(`fifo:${path}`)
  const [one] = await meet(listener)
  await assert.rejects(listen(`fifo:${path}`), { code: 'EADDRINUSE' })
  await assert.rejects(connect(`fifo:${path}`), { code: 'EBUSY' })
  one.destroy()
})

test('connecting where nobody listens fails at once, or waits until somebody does', async () => {
  const path = await uniquePath()
  await assert.rejects(connect(`unix:${path}`), { code: 'ENOENT' })
  await assert.rejects(connect(`fifo:${path}`), { code: 'ENOENT' })
  UnixListener.listen(path).close()
  await assert.rejects(connect(`unix:${path}`), { code: 'ECONNREFUSED' })
  await assert.rejects(connect(`unix:${path}`, { wait: true, timeout: 20 }), TimeoutError)
  await assert.rejects(connect(`unix:${path}`, { wait: true, timeout: 0 }), TimeoutError)
  await assert.rejects(
    connect(`unix:${path}`, { wait: true, signal: AbortSignal.abort(new Error('no')) }),
    /no/,
  )
  const later = connect(`unix:${path}`, { wait: true, timeout: 20_000 })
  const listener = await listening(`unix:${path}`)
  for (const end of await Promise.all([later, listener.accept()])) end.destroy()
})

test('misuse is told by name', async () => {
  const path = `unix:${await uniquePath()}`
  const notAnAddress = { name: 'AddressError' }
  await assert.rejects(listen('nonsense'), notAnAddress)
  await assert.rejects(connect('unix:'), notAnAddress)
  await assert.rejects(listen(7 as unknown as string), /address must be a string/)
  await assert.rejects(listen(path, 7 as never), /options must be an object/)
  await assert.rejects(listen(path, { codec: {} as never }), /codec/)
  await assert.rejects(listen(path, { framing: 'words' as never }), /framing must be/)
  await assert.rejects(listen(path, { limit: 0 }), /maxMessage|limit/)
  await assert.rejects(connect(path, { timeout: -1 }), RangeError)
  await assert.rejects(listen(`${path}?type=seqpacket`), { code: 'EOPNOTSUPP' })
  await assert.rejects(listen('udp:127.0.0.1:0'), { code: 'EOPNOTSUPP' })
  await assert.rejects(connect('mmap:/tmp'), { code: 'EOPNOTSUPP' })
  await assert.rejects(connect('fd:999?framing=lines'), { code: 'EBADF' })
})

test('who is on the way when a listener in shared memory is closed sees the end', async () => {
  const at = `shm:${await uniquePath()}?capacity=4096`
  const listener = await listening(at)
  const coming = [connect(at), connect(at), connect(at)]
  const first = await listener.accept()
  listener.close()
  const came = await Promise.allSettled(coming)
  first.destroy()
  const alive = setInterval(() => {}, 1000) // who only waits for the end keeps nothing running
  for (const each of came) {
    if (each.status === 'rejected') assert.equal(each.reason.code, 'ECONNRESET')
    else assert.equal((await each.value.closed).reason, 'peer-closed')
  }
  clearInterval(alive)
  for (const each of came) if (each.status === 'fulfilled') each.value.destroy()
})

test('who waits for a listener that is closed before it takes them waits for the next', async () => {
  const at = `shm:${await uniquePath()}?capacity=4096`
  const listener = await listening(at)
  const coming = Array.from({ length: 4 }, () => connect(at, { wait: true }))
  const first = await listener.accept()
  listener.close()
  await listening(at)
  for (const each of [first, ...(await Promise.all(coming))]) each.destroy()
})
