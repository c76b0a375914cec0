import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventFd } from 'hutong'
import { fixture, start } from '../support/child.ts'
import { compile } from '../support/compile.ts'
import '../support/leaks.ts'

const FULL = 2n ** 64n - 2n
const peer = (): string => compile('eventfd-peer.c')

test('wait takes the whole counter, which posts have added up', async () => {
  using event = EventFd.create()
  await event.post(2n)
  event.postSync(3)
  assert.equal(event.tryPost(), true)
  assert.equal(await event.wait(), 6n)
  assert.equal(event.tryWait(), undefined)
})

test('a semaphore gives 1 at a time', async () => {
  using event = EventFd.create({ initial: 2, semaphore: true })
  assert.deepEqual([await event.wait(), event.waitSync(), event.tryWait()], [1n, 1n, undefined])
})

test('the counter starts where it is told, also beyond 32 bits', () => {
  for (const initial of [0n, 1n, 0xffff_ffffn, 2n ** 32n, FULL]) {
    using event = EventFd.create({ initial })
    assert.equal(event.tryWait(), initial === 0n ? undefined : initial)
  }
})

test('a wait ends when somebody posts', async () => {
  using event = EventFd.create()
  const first = event.wait()
  const second = event.wait()
  await sleep(5)
  event.postSync(7n)
  assert.equal(await first, 7n)
  event.postSync(8n)
  assert.equal(await second, 8n)
})

test('the counter stops at 2^64 - 2: a post beyond it waits until somebody takes', async () => {
  using event = EventFd.create({ initial: FULL })
  assert.equal(event.tryPost(1n), undefined)
  await assert.rejects(event.post(1n, { timeout: 5 }), { name: 'TimeoutError' })
  assert.throws(() => event.postSync(1n, { timeout: 5 }), { name: 'TimeoutError' })
  const post = event.post(1n)
  await sleep(5)
  assert.equal(event.tryWait(), FULL)
  await post
  assert.equal(event.tryWait(), 1n)
})

test('a large post waits for enough room, without spinning when there is a little', async () => {
  using event = EventFd.create({ initial: FULL - 5n })
  await assert.rejects(event.post(10n, { timeout: 20 }), { name: 'TimeoutError' })
  assert.throws(() => event.postSync(10n, { timeout: 20 }), { name: 'TimeoutError' })
  const post = event.post(10n)
  const { user, system } = process.cpuUsage()
  await sleep(100)
  const after = process.cpuUsage({ user, system })
  assert.ok(after.user + after.system < 80_000, 'it sleeps most of the time')
  assert.equal(event.tryWait(), FULL - 5n)
  await post
  assert.equal(event.tryWait(), 10n)
})

test('an abort and a timeout end a wait and leave the counter alone', async () => {
  using event = EventFd.create()
  const controller = new AbortController()
  const wait = event.wait({ signal: controller.signal })
  controller.abort('enough')
  await assert.rejects(wait, (reason) => reason === 'enough')
  await assert.rejects(event.wait({ timeout: 1 }), { name: 'TimeoutError' })
  assert.throws(() => event.waitSync({ timeout: 1 }), { name: 'TimeoutError' })
  await event.post(4n)
  assert.equal(await event.wait(), 4n)
})

test('a C program takes what is posted here', async () => {
  using event = EventFd.create({ semaphore: true })
  const child = start(peer(), ['take', '3'], { stdio: ['ignore', 'pipe', 'pipe', event.inherit()] })
  event.postSync(3n)
  const { code, stdout } = await child.ended
  assert.deepEqual([code, stdout], [0, '1\n1\n1\n'])
})

test('a C program wakes us', async () => {
  using event = EventFd.create()
  const wait = event.wait()
  const child = start(peer(), ['add', '18446744073709551613'], {
    stdio: ['ignore', 'pipe', 'pipe', event.fd],
  })
  assert.equal(await wait, 18446744073709551613n)
  assert.equal((await child.ended).code, 0)
})

test('another Node process takes over an inherited eventfd', async () => {
  using event = EventFd.create()
  const child = fixture('event-fd-child', [], { stdio: ['ignore', 'pipe', 'pipe', event.inherit()] })
  assert.equal(await child.line(), 'posted')
  assert.equal(await event.wait(), 5n)
  assert.equal((await child.ended).code, 0)
})

test('inherit makes the description blocking again, and refuses while somebody waits', async () => {
  using event = EventFd.create()
  const flags = (): number =>
    Number.parseInt(
      /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${event.fd}`, 'utf8'))?.[1] ?? '',
      8,
    )
  assert.equal(flags() & 0o4000, 0)
  event.tryWait()
  assert.equal(flags() & 0o4000, 0o4000)
  const wait = event.wait({ timeout: 20 })
  assert.throws(() => event.inherit(), { code: 'EBUSY' })
  await assert.rejects(wait)
  event.inherit()
  assert.equal(flags() & 0o4000, 0)
})

test('an unreferenced wait does not keep the process running', async () => {
  const { code, stdout } = await fixture('event-fd-child', ['unref']).ended
  assert.deepEqual([code, stdout], [0, 'ended\n'])
})

test('wrong values are refused by name', async () => {
  assert.throws(() => EventFd.create({ initial: -1 }), /RangeError: initial must be 0 to 2\^64 - 2, not -1/)
  assert.throws(() => EventFd.create({ initial: 2n ** 64n - 1n }), /RangeError: initial/)
  assert.throws(() => EventFd.create({ initial: Number.NaN }), /RangeError: initial must be a whole number/)
  assert.throws(
    () => EventFd.create({ initial: '1' as never }),
    /TypeError: initial must be a bigint or a number/,
  )
  assert.throws(() => EventFd.create({ semaphore: 1 as never }), /TypeError: semaphore/)
  using event = EventFd.create()
  await assert.rejects(event.post(2n ** 64n - 1n), /RangeError: value/)
  assert.throws(() => event.tryPost(1.5), /RangeError: value/)
  assert.throws(() => event.postSync(-1n), /RangeError: value/)
  await assert.rejects(event.wait({ timeout: -1 }), /RangeError: timeout/)
})

test('after close every use is EBADF, and a wait that was on its way too', async () => {
  const event = EventFd.create()
  const wait = event.wait()
  event.close()
  event.close()
  await assert.rejects(wait, { code: 'EBADF' })
  await assert.rejects(event.wait(), { code: 'EBADF' })
  await assert.rejects(event.post(), { code: 'EBADF' })
  for (const use of [
    () => event.tryWait(),
    () => event.tryPost(),
    () => event.waitSync(),
    () => event.postSync(),
    () => event.inherit(),
    () => event.fd,
  ])
    assert.throws(use, { code: 'EBADF' })
})

test('a descriptor of something else is refused and stays open', () => {
  const fd = openSync('/dev/null', 'r')
  assert.throws(() => EventFd.from(fd), { code: 'EINVAL', message: /no eventfd but \/dev\/null/ })
  closeSync(fd)
  assert.throws(() => EventFd.from(fd), { code: 'EBADF' })
})

test('no descriptor left: EMFILE', async () => {
  const { stdout } = await fixture('event-fd-child', ['exhaust']).ended
  assert.equal(stdout, 'EMFILE eventfd\n')
})
