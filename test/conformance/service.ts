// The suite that every mechanism passes which carries a service.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { ServiceError, utf8 } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'
import { type Any, type ServiceLane, served } from './service-lane.ts'

/** A promise that a test settles. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

/** Runs until its client does not wait any more; then throws the reason. */
async function forever(_request: unknown, { signal }: { signal: AbortSignal }): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

/** Registers the tests of a mechanism. */
export function serviceConforms(lane: ServiceLane): void {
  const name = (what: string): string => `${lane.name}: ${what}`

  test(
    name('a request is answered by its reply, also when many are open and the replies come in another order'),
    async () => {
      const { client, service } = await served(lane, async (n: number) => {
        for (let turns = 20 - (n % 20); turns > 0; turns--) await new Promise(setImmediate)
        return { square: n * n }
      })
      const numbers = Array.from({ length: 300 }, (_, n) => n)
      const replies = await Promise.all(numbers.map((n) => client.request(n)))
      assert.deepEqual(
        replies,
        numbers.map((n) => ({ square: n * n })),
      )
      assert.equal(client.pending, 0)
      assert.equal(service.clients, 1)
    },
  )

  test(
    name('a handler may give undefined, or nothing; null is refused by the codec and thrown at the client'),
    async () => {
      const { client } = await served(lane, (request) => (request === 'null' ? null : undefined))
      assert.equal(await client.request('nothing'), undefined)
      await assert.rejects(client.request('null'), { name: 'TypeError', message: /null/ })
    },
  )

  test(name('what a handler throws arrives with its name, message and code, without its stack'), async () => {
    const thrown: Record<string, unknown> = {
      range: Object.assign(new RangeError('too far'), { code: 'ERR_FAR', secret: 1 }),
      plain: new Error('plain'),
      text: 'just text',
      number: 7,
      nothing: undefined,
      symbol: Symbol('s'),
      hostile: Object.create(null),
    }
    const { client } = await served(lane, (what: string) => {
      throw thrown[what]
    })
    const error: ServiceError = await client.request('range').catch((reason) => reason)
    assert.ok(error instanceof ServiceError)
    assert.deepEqual(
      { ...error, message: error.message },
      { name: 'RangeError', message: 'too far', code: 'ERR_FAR' },
    )
    assert.doesNotMatch(error.stack ?? '', /service\.test/)
    await assert.rejects(client.request('plain'), { name: 'Error', message: 'plain', code: 'ERR_SERVICE' })
    await assert.rejects(client.request('text'), { name: 'Error', message: 'just text' })
    await assert.rejects(client.request('number'), { message: '7' })
    await assert.rejects(client.request('nothing'), { message: 'undefined' })
    await assert.rejects(client.request('symbol'), { message: 'Symbol(s)' })
    await assert.rejects(client.request('hostile'), { message: /no text/ })
  })

  test(name('requests and replies may have codecs of their own, and be longer than the ring'), async () => {
    const codec = { request: utf8, reply: msgpack<{ length: number; text: string }>() }
    const { client } = await served(lane, (text: string) => ({ length: text.length, text }), {
      codec: codec as Any,
    })
    const long = 'tea'.repeat(100_000)
    assert.deepEqual(await client.request(long), { length: long.length, text: long })
    await assert.rejects(client.request(7), TypeError)
    assert.deepEqual(await client.request('on'), { length: 2, text: 'on' }, 'it goes on')
  })

  test(name('an abort rejects at once and reaches the handler; the connection goes on'), async () => {
    const reasons: unknown[] = []
    const { client } = await served(lane, async (request, context) => {
      if (request !== 'wait') return request
      try {
        return await forever(request, context)
      } catch (reason) {
        reasons.push(reason)
        throw reason
      }
    })
    const controller = new AbortController()
    const waiting = client.request('wait', { signal: controller.signal })
    assert.equal(await client.request('first'), 'first')
    controller.abort(new Error('enough'))
    await assert.rejects(waiting, { message: 'enough' })
    assert.equal(await client.request('second'), 'second')
    assert.equal((reasons[0] as Error).name, 'AbortError')
    assert.equal(client.pending, 0)
  })

  test(
    name('a timeout travels with the request, so that the handler is told although the client cannot'),
    async () => {
      const told = gate<unknown>()
      const { client } = await served(lane, async (request, context) => {
        try {
          return await forever(request, context)
        } catch (reason) {
          told.open(reason)
          return 'too late'
        }
      })
      await assert.rejects(client.request('x', { timeout: 150 }), { code: 'ETIMEDOUT' })
      assert.match(String(await told.promise), /TimeoutError|AbortError/)
      assert.equal(client.pending, 0)
    },
  )

  test(
    name(
      'no more handlers run at once than concurrency says; the rest waits with the client and can be given up',
    ),
    async () => {
      let running = 0
      let most = 0
      const begun: number[] = []
      const gates = new Map<number, () => void>()
      const { client } = await served(
        lane,
        async (n: number) => {
          begun.push(n)
          most = Math.max(most, ++running)
          await new Promise<void>((resolve) => gates.set(n, resolve))
          running--
          return n
        },
        { concurrency: 2 },
      )
      const controller = new AbortController()
      const requests = [0, 1, 2, 3, 4].map((n) =>
        client.request(n, n === 3 ? { signal: controller.signal } : {}),
      )
      const third = assert.rejects(requests[3] as Promise<unknown>, { name: 'AbortError' })
      while (begun.length < 2) await new Promise(setImmediate)
      controller.abort()
      await third
      for (const n of [0, 1, 2, 4]) {
        while (!gates.has(n)) await new Promise(setImmediate)
        gates.get(n)?.()
        assert.equal(await requests[n], n)
      }
      assert.deepEqual([most, begun], [2, [0, 1, 2, 4]])
    },
  )

  test(
    name('close of the service waits for what runs, refuses what comes, then the client sees the end'),
    async () => {
      const { promise, open } = gate<string>()
      const { client, service } = await served(lane, (request) => (request === 'slow' ? promise : request))
      const slow = client.request('slow')
      assert.equal(await client.request('quick'), 'quick')
      const closing = service.close()
      await assert.rejects(client.request('late'), { code: 'ERR_SERVICE_CLOSING' })
      open('done')
      assert.equal(await slow, 'done')
      await closing
      assert.equal((await client.closed).reason, 'peer-closed')
      await assert.rejects(client.request('after'), { code: 'EPIPE' })
      await service.close()
    },
  )

  test(name('close of the service is bounded by its options: the handlers are told'), async () => {
    const begun = gate()
    const { client, service } = await served(lane, (request, context) => {
      begun.open()
      return forever(request, context)
    })
    const request = assert.rejects(client.request('x'), { code: 'EPIPE' })
    await begun.promise
    await assert.rejects(service.close({ timeout: 10 }), { code: 'ETIMEDOUT' })
    await request
    assert.equal(service.clients, 0)
  })

  test(
    name('close of the client waits for replies; destroy rejects them and aborts the handlers'),
    async () => {
      const { promise, open } = gate<string>()
      const first = await served(lane, () => promise)
      const reply = first.client.request('x')
      const closing = first.client.close()
      await assert.rejects(first.client.request('y'), { code: 'EBADF' })
      open('z')
      assert.equal(await reply, 'z')
      await closing
      assert.equal((await first.client.closed).reason, 'closed')

      const begun = gate()
      const aborted = gate<unknown>()
      const second = await served(lane, (request, context) => {
        begun.open()
        return forever(request, context).catch(aborted.open)
      })
      const lost = assert.rejects(second.client.request('x'), { code: 'EBADF' })
      await begun.promise
      second.client.destroy()
      await lost
      assert.equal(((await aborted.promise) as { code: string }).code, 'EPIPE')
    },
  )
}
