import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { connectService, json, listen, type ServeOptions, serve, utf8 } from 'hutong/channel'
import { fixture } from '../../support/child.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'

const codec = json<unknown>()

test('a service answers all who connect, tells where it listens, and is gone once it is closed', async () => {
  const path = await uniquePath()
  const service = await serve('tcp:127.0.0.1:0', (request) => request, { codec, concurrency: 4 })
  assert.match(service.address, /^tcp:127\.0\.0\.1:\d+$/)
  await service.close()
  const other = await serve<unknown, unknown>(`shm:${path}`, (request) => request, { codec })
  cleanUp(() => other.destroy())
  const clients = await Promise.all([1, 2, 3].map(() => connectService(other.address, { codec })))
  assert.deepEqual(await Promise.all(clients.map((client, n) => client.request(n))), [0, 1, 2])
  assert.equal(other.clients, 3)
  assert.equal(clients[0]?.peer?.pid, process.pid)
  await Promise.all(clients.map((client) => client.close()))
  await other.close()
  assert.deepEqual(await other.closed, { reason: 'closed' })
  assert.equal(existsSync(path), false)
  await assert.rejects(connectService(other.address, { codec }), { code: 'ENOENT' })
  await other.close()
})

test('who listens and is no service, or says nothing, is told from one', async () => {
  const address = `unix:${await uniquePath()}`
  using listener = await listen(address)
  const joining = connectService(address, { codec })
  using stranger = await listener.accept()
  await stranger.send(Buffer.from('welcome'))
  await assert.rejects(joining, { code: 'ERR_CORRUPT_PEER' })
  await assert.rejects(connectService(address, { codec, timeout: 10 }), { code: 'ETIMEDOUT' })
  using silent = await listener.accept()
  assert.equal(await silent.receive(), null)

  const other = await serve(`shm:${await uniquePath()}`, (text: string) => text, { codec: utf8 })
  cleanUp(() => other.destroy())
  await assert.rejects(connectService(other.address, { codec }), {
    code: 'ERR_HANDSHAKE',
    message: /service:utf8.*service:json/,
  })
})

test('misuse is told before anything is done', async () => {
  const handler = (request: unknown): unknown => request
  const no = (options: unknown): Promise<unknown> =>
    serve('shm:/no/where', handler, options as ServeOptions<unknown, unknown>)
  await assert.rejects(no({ codec: 'json' }), TypeError)
  await assert.rejects(no({ codec: { request: codec } }), TypeError)
  for (const concurrency of [0, 1.5, 65_537, Number.POSITIVE_INFINITY]) {
    await assert.rejects(
      serve(`unix:${await uniquePath()}`, handler, { codec, concurrency }),
      /concurrency must be/,
    )
  }
  await assert.rejects(
    serve(`unix:${await uniquePath()}`, 'no' as never, { codec }),
    /handler must be a function/,
  )
})

test('an idle client, and a service that is unreferenced, let the process end', async () => {
  const child = fixture('channel/service-idle', [await uniquePath()])
  const { code, stdout, stderr } = await child.ended
  assert.deepEqual([code, stdout, stderr], [0, 'answered\n', ''])
})
