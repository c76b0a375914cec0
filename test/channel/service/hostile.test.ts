// A peer that does not keep to the protocol costs its own connection, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bytes,
  type Channel,
  type Codec,
  channelPair,
  connect,
  json,
  Service,
  ServiceClient,
  serviceCodec,
} from 'hutong/channel'
import { type Any, pair, served } from '../../conformance/service-lane.ts'
import { cleanUp } from '../../support/leaks.ts'
import { below, seeded } from '../../support/random.ts'

const HELLO = 1
const REQUEST = 2
const TIMED = 3
const REPLY = 4
const NOTHING = 5
const ERROR = 6
const CANCEL = 7

function envelope(kind: number, id: number, value = ''): Uint8Array {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(kind, 0)
  header.writeUInt32LE(id, 4)
  return Buffer.concat([header, Buffer.from(value)])
}

const plain: Codec<Uint8Array> = { ...bytes, name: 'service:json' }

/** The end that keeps to the protocol has `codec`; the other sends and receives any bytes. */
async function ends<T>(codec: Codec<T>): Promise<{ good: Channel<T>; bad: Channel<Uint8Array> }> {
  const [good, remote] = channelPair({ codec })
  cleanUp(() => good.destroy())
  const bad = await connect(remote.detach(), { codec: plain })
  cleanUp(() => bad.destroy())
  return { good, bad }
}

const requests: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['nothing at all', [new Uint8Array(0)]],
  ['half a header', [new Uint8Array(7)]],
  ['a kind that is not known', [envelope(9, 1)]],
  ['a kind in the bytes that are zero', [envelope(0x100 + REQUEST, 1, '1')]],
  ['a reply', [envelope(REPLY, 1, '1')]],
  ['an error', [envelope(ERROR, 1, '{"name":"a","message":"b"}')]],
  ['a first word', [envelope(HELLO, 1)]],
  ['a cancel with a value', [envelope(CANCEL, 1, 'x')]],
  ['a timed request without its time', [envelope(TIMED, 1, 'ab')]],
  ['one id twice', [envelope(REQUEST, 7, '"wait"'), envelope(REQUEST, 7, '"wait"')]],
  ['three requests where two are allowed', [1, 2, 3].map((id) => envelope(REQUEST, id, '"wait"'))],
]

test('a client that breaks the protocol loses its connection; its handlers are told; another goes on', async () => {
  const aborted: string[] = []
  const { service, client } = await served(
    pair,
    (request, { signal }) => {
      if (request !== 'wait') return request
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(aborted.push(signal.reason.code)))
      })
    },
    { concurrency: 2 },
  )
  for (const [what, messages] of requests) {
    const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
    service.add(good)
    assert.deepEqual(await bad.receive(), new Uint8Array(envelope(HELLO, 2)), what)
    for (const message of messages) await bad.send(message)
    assert.equal(await bad.receive(), null, what)
    assert.equal(await client.request(what), what)
  }
  assert.deepEqual(aborted, Array(3).fill('ERR_CORRUPT_PEER'))
  assert.equal(service.clients, 1)
})

test('what is no fault of the protocol is answered: a cancel too late, a request that is no JSON, an empty reply', async () => {
  const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
  const service = new Service<Any, Any>((request) => request.reply)
  cleanUp(() => service.destroy())
  service.add(good)
  assert.equal((await bad.receive())?.[0], HELLO)
  await bad.send(envelope(CANCEL, 99))
  await bad.send(envelope(REQUEST, 1, '{'))
  const answer = Buffer.from((await bad.receive()) ?? [])
  assert.equal(answer.readUInt32LE(0), ERROR)
  assert.equal(answer.readUInt32LE(4), 1)
  const { name, code } = JSON.parse(answer.subarray(8).toString())
  assert.deepEqual([name, code], ['BadMessageError', 'ERR_BAD_MESSAGE'])
  await bad.send(envelope(REQUEST, 1, '{}'))
  assert.deepEqual(await bad.receive(), new Uint8Array(envelope(NOTHING, 1)))
  await bad.send(envelope(TIMED, 2, '\xff\xff\xff\xff{"reply":1}').subarray(0, 8))
  assert.equal(await bad.receive(), null)
})

test('a client that takes no replies is read no further; another is served meanwhile', async () => {
  let handled = 0
  const { service, client } = await served(
    pair,
    (request) => (request === 'other' ? request : `${++handled} ${'x'.repeat(100_000)}`),
    { concurrency: 2 },
  )
  const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
  service.add(good)
  await bad.receive()
  for (let id = 1; id <= 50; id++) {
    const before = handled
    await bad.send(envelope(REQUEST, id, '"x"'))
    for (let turn = 0; turn < 50 && handled === before && handled < 3; turn++) {
      assert.equal(await client.request('other'), 'other')
    }
    assert.equal(await client.request('other'), 'other')
  }
  assert.ok(handled < 10, `${handled} were handled`)
  // Once it takes some it is read again: by then it has more requests open than were agreed.
  let answers = 0
  while ((await bad.receive()) !== null) answers++
  assert.ok(answers < 20, `${answers} were answered`)
  assert.equal(await client.request('other'), 'other')
})

test('a deadline travels with its request: the handler is told although no cancel comes, and the client, too', async () => {
  const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
  const service = new Service<Any, Any>(
    (_request, { signal }) => {
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
    { concurrency: 2 },
  )
  cleanUp(() => service.destroy())
  service.add(good)
  await bad.receive()
  const timed = (id: number, ms: number): Uint8Array =>
    envelope(TIMED, id, `${String.fromCharCode(ms)}\0\0\0"x"`)
  await bad.send(timed(1, 1))
  await bad.send(timed(2, 2))
  for (const id of [1, 2]) {
    const answer = Buffer.from((await bad.receive()) ?? [])
    assert.deepEqual([answer.readUInt32LE(0), answer.readUInt32LE(4)], [ERROR, id])
    assert.equal(JSON.parse(answer.subarray(8).toString()).code, 'ETIMEDOUT')
  }
})

const answers: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['half a header', [new Uint8Array(3)]],
  ['two first words', [envelope(HELLO, 2), envelope(HELLO, 2)]],
  ['room for no request', [envelope(HELLO, 0)]],
  ['a request', [envelope(HELLO, 2), envelope(REQUEST, 1, '1')]],
  ['a request that is no JSON', [envelope(HELLO, 2), envelope(REQUEST, 1, '{')]],
  ['a cancel', [envelope(HELLO, 2), envelope(CANCEL, 1)]],
  ['a reply to a request that is not open', [envelope(HELLO, 2), envelope(REPLY, 77, '1')]],
  ['two replies', [envelope(HELLO, 9), envelope(REPLY, 1, '1'), envelope(REPLY, 1, '1')]],
  ['an error without a name', [envelope(HELLO, 2), envelope(ERROR, 1, '{}')]],
  ['an error that is no JSON', [envelope(HELLO, 2), envelope(ERROR, 1, '{')]],
]

test('a service that breaks the protocol is an error for its client: ERR_CORRUPT_PEER', async () => {
  for (const [what, messages] of answers) {
    const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
    const client = new ServiceClient(good)
    const open = [client.request('a'), client.request('b')].map((reply) => reply.catch(({ code }) => code))
    for (const message of messages) await bad.send(message)
    const outcome = await Promise.all(open)
    assert.equal(outcome.at(-1), 'ERR_CORRUPT_PEER', what)
    const closed = await client.closed
    assert.deepEqual(
      [closed.reason, (closed.error as { code?: string }).code],
      ['failed', 'ERR_CORRUPT_PEER'],
    )
    await assert.rejects(client.request('c'), { code: 'ERR_CORRUPT_PEER' })
  }
})

test('a reply that is no JSON rejects its request, and the next one is answered', async () => {
  const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
  const client = new ServiceClient(good)
  const [first, second] = [client.request(1), client.request(2)]
  await bad.send(envelope(HELLO, 2))
  await bad.send(envelope(REPLY, 1, '{'))
  await bad.send(envelope(REPLY, 2, '{}'))
  await assert.rejects(first, { code: 'ERR_BAD_MESSAGE' })
  assert.deepEqual(await second, {})
  client.destroy()
})

test('100 clients with a broken envelope: each is answered or loses its connection, the service goes on', async () => {
  const { service, client } = await served(pair, (request) => request)
  const random = seeded(Number(process.env['HUTONG_SEED'] ?? 5))
  let lost = 0
  for (let round = 0; round < 100; round++) {
    const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
    service.add(good)
    const message = envelope(1 + below(random, 8), below(random, 4), '[1,2]')
    if (below(random, 2) === 0) message[below(random, message.length)] = below(random, 256)
    await bad.send(message.subarray(0, below(random, 8) === 0 ? below(random, message.length) : undefined))
    await bad.send(envelope(REQUEST, 1000, '"last"'))
    for (let answer = await bad.receive(); ; answer = await bad.receive()) {
      if (answer === null) lost++
      if (answer === null || Buffer.from(answer).readUInt32LE(4) === 1000) break
    }
    bad.destroy()
  }
  assert.equal(await client.request('still'), 'still')
  assert.ok(lost > 10 && lost < 100, `${lost} lost their connection`)
})

test('a channel that ends before the service has spoken rejects what waits', async () => {
  const { good, bad } = await ends(serviceCodec<Any, Any>(json()))
  const client = new ServiceClient(good)
  const request = assert.rejects(client.request('x'), { code: 'EPIPE' })
  const ready = assert.rejects(client.ready(), { code: 'EPIPE' })
  bad.destroy()
  await Promise.all([request, ready])
  assert.deepEqual(await client.closed, { reason: 'peer-closed' })
})
