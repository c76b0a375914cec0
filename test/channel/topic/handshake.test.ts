// What a subscriber makes of a welcome that is a lie.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes } from '#src/channel/codec.ts'
import { HEADER, KIND, MAGIC, PAGE, VERSION } from '#src/channel/shm/layout.ts'
import { CURSOR_SIZE, LOG_POLICY, logSize, POLICY } from '#src/channel/shm/log-layout.ts'
import { subscribe } from '#src/channel/topic/topic.ts'
import { EventFd } from '#src/kernel/event-fd.ts'
import { Memfd, type Seal } from '#src/kernel/memfd.ts'
import { UnixListener } from '#src/kernel/socket/listener.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'

const CAPACITY = 4096

interface Welcome {
  magic: number
  version: number
  kind: number
  capacity: number
  position: number
  codec: string
  length: number
  descriptors: number
  seals: readonly Seal[]
  size: number
  memoryKind: number
}

const TRUE: Welcome = {
  magic: MAGIC[0],
  version: VERSION,
  kind: KIND.log,
  capacity: CAPACITY,
  position: 0,
  codec: 'bytes',
  length: 1000,
  descriptors: 4,
  seals: ['future-write', 'shrink', 'grow', 'seal'],
  size: logSize(CAPACITY),
  memoryKind: KIND.log,
}

/** Welcomes whoever connects with these words. */
async function welcomeWith(listener: UnixListener, told: Welcome): Promise<void> {
  const words = new Int32Array(12)
  const kind = (value: number): void => {
    for (const [index, word] of [
      [HEADER.magic, told.magic],
      [HEADER.magicEnd, MAGIC[1]],
      [HEADER.version, told.version],
      [HEADER.kind, value],
      [HEADER.capacity, told.capacity],
      [LOG_POLICY, POLICY.overwrite],
    ] as const) {
      words[index] = word
    }
  }
  using log = Memfd.create('a lie', { size: told.size })
  using cursor = Memfd.create('a lie', { size: CURSOR_SIZE })
  using bell = EventFd.create()
  using mapping = log.map()
  using page = cursor.map()
  kind(told.memoryKind)
  mapping.view(Int32Array, 0, 8).set(words.subarray(0, 8))
  kind(KIND.cursor)
  page.view(Int32Array, 0, 8).set(words.subarray(0, 8))
  log.seal(...told.seals)
  cursor.seal('shrink', 'grow', 'seal')
  kind(told.kind)
  new Float64Array(words.buffer)[4] = told.position
  const message = Buffer.concat([new Uint8Array(words.buffer), Buffer.from(told.codec)]).subarray(
    0,
    told.length,
  )
  using socket = await listener.accept()
  await socket.send(message, { descriptors: [log, cursor, bell, bell].slice(0, told.descriptors) })
}

test('a welcome that is no topic of ours is an error that says so, and nothing stays open', async () => {
  const path = await uniquePath()
  const listener = UnixListener.listen(path)
  cleanUp(() => listener.close())
  const lies: readonly (readonly [Partial<Welcome>, RegExp])[] = [
    [{ magic: 7 }, /no topic of hutong/],
    [{ length: 20 }, /no topic of hutong/],
    [{ version: 9 }, /version 9/],
    [{ kind: KIND.pair }, /is it a channel/],
    [{ codec: 'json' }, /are json, ours bytes/],
    [{ capacity: 5000 }, /makes no sense/],
    [{ capacity: -1 }, /makes no sense/],
    [{ capacity: 2 * CAPACITY }, /not sealed .*, or not/],
    [{ size: logSize(CAPACITY) - PAGE }, /not sealed .*, or not/],
    [{ seals: ['shrink', 'grow', 'seal'] }, /not sealed/],
    [{ seals: ['future-write', 'grow'] }, /not sealed/],
    [{ position: -5 }, /makes no sense/],
    [{ position: Number.NaN }, /makes no sense/],
    [{ length: 40 }, /makes no sense|are , ours/],
    [{ descriptors: 3 }, /descriptors are missing/],
    [{ memoryKind: KIND.pair }, /something else/],
  ]
  for (const [told, message] of lies) {
    const welcoming = welcomeWith(listener, { ...TRUE, ...told })
    const subscribing = subscribe(`shm:${path}`, { codec: bytes })
    await assert.rejects(subscribing, { code: 'ERR_HANDSHAKE', message }, JSON.stringify(told))
    await welcoming
  }
  const silent = subscribe(`shm:${path}`, { codec: bytes, timeout: 20 })
  await assert.rejects(silent, { code: 'ETIMEDOUT' })
  ;(await listener.accept()).close()
  const [, closed] = await Promise.all([
    listener.accept().then((socket) => socket.close()),
    subscribe(`shm:${path}`, { codec: bytes }).catch((error: unknown) => error),
  ])
  assert.equal((closed as { code?: string }).code, 'ERR_HANDSHAKE')
})

test('a publisher that is true to its welcome and then dies is reported as dead', async () => {
  const path = await uniquePath()
  const listener = UnixListener.listen(path)
  cleanUp(() => listener.close())
  const [, subscriber] = await Promise.all([
    welcomeWith(listener, TRUE),
    subscribe(`shm:${path}`, { codec: bytes, from: 'oldest' }),
  ])
  cleanUp(() => subscriber.close())
  await assert.rejects(subscriber.receive(), { code: 'ERR_PEER_DIED' })
})
