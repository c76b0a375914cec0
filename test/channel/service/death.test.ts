import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { channelPair, json, PeerDiedError, Service, ServiceClient, serviceCodec } from 'hutong/channel'
import { fixture } from '../../support/child.ts'
import { cleanUp } from '../../support/leaks.ts'
import { compiledFixtures } from '../../support/paths.ts'

const codec = serviceCodec<string, string>(json<string>())

test('when the other process is killed, a client has PeerDiedError and a handler is told', async () => {
  const [asking, its] = channelPair({ codec })
  const [serving, other] = channelPair({ codec })
  const child = fixture('channel/service-peer', [], { stdio: ['pipe', 'pipe', 'inherit', its.fd, other.fd] })
  its.close()
  other.close()
  const client = new ServiceClient(asking)
  cleanUp(() => client.destroy())
  let begun: (signal: AbortSignal) => void = () => {}
  const signalled = new Promise<AbortSignal>((resolve) => {
    begun = resolve
  })
  const service = new Service<string, string>((_request, { signal }) => {
    begun(signal)
    return new Promise(() => {})
  })
  cleanUp(() => service.destroy())
  service.add(serving)

  assert.equal(await client.request('hello'), `from ${child.process.pid}`)
  const never = client.request('for ever')
  const signal = await signalled
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
  child.process.kill('SIGKILL')
  await assert.rejects(never, (error) => error instanceof PeerDiedError)
  await aborted
  assert.ok(signal.reason instanceof PeerDiedError)
  const closed = await client.closed
  assert.equal(closed.reason, 'peer-died')
  await assert.rejects(client.request('hello'), { code: 'ERR_PEER_DIED' })
  assert.equal(service.clients, 0)
})

test('a worker serves, and a client sees when it is terminated', async () => {
  const [near, remote] = channelPair({ codec })
  const client = new ServiceClient(near)
  cleanUp(() => client.destroy())
  const file = join(compiledFixtures, 'channel/service-worker.js')
  const worker = new Worker(file, { workerData: remote.detach() })
  assert.equal(await client.request('tea'), 'TEA')
  const never = assert.rejects(client.request('for ever'), /gone without|has closed/)
  await client.request('x')
  await worker.terminate()
  await never
  assert.match((await client.closed).reason, /^peer-/)
})
