// Services and clients that ask, give up and close at random: every request is settled, by its own reply or by a reason
// that there is, no more handlers run than agreed, and nobody waits for ever.
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clone, connectService, json, type ServiceClient, serve } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'
import { descriptors, prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import type { Soak } from './soak.ts'

interface Request {
  readonly id: number
  /** Milliseconds that the handler takes. */
  readonly takes: number
  readonly obeys: boolean
  readonly fails: boolean
  /** Characters of the reply. */
  readonly reply: number
  readonly text: string
}
interface Reply {
  readonly id: number
  readonly text: string
}
type Client = ServiceClient<Request, Reply>

const CODECS = [
  { request: json<Request>(), reply: msgpack<Reply>() },
  { request: msgpack<Request>(), reply: clone<Reply>() },
  { request: clone<Request>(), reply: json<Reply>() },
] as const
/** Why a request may have no reply. */
const REASONS = ['ETIMEDOUT', 'EPIPE', 'EBADF', 'ECONNRESET', 'ERR_SERVICE_CLOSING', 'ERR_FRAMING_TRUNCATED']

function anyLength(random: Random): number {
  return below(random, below(random, 4) === 0 ? 200_000 : 100)
}

async function ask(client: Client, id: number, random: Random): Promise<void> {
  const fails = below(random, 8) === 0
  const reply = anyLength(random)
  const request: Request = {
    id,
    takes: Math.max(0, below(random, 12) - 6),
    obeys: below(random, 2) === 0,
    fails,
    reply,
    text: 'x'.repeat(anyLength(random)),
  }
  const signal = below(random, 4) === 0 ? AbortSignal.timeout(below(random, 10)) : undefined
  const timeout = below(random, 4) === 0 ? below(random, 10) : undefined
  await sleep(below(random, 20))
  try {
    assert.deepEqual(await client.request(request, { signal, timeout }), { id, text: 'y'.repeat(reply) })
    assert.ok(!fails)
  } catch (error) {
    const { message, name, code } = error as Error & { code?: string }
    if (fails && message === `${id} fails`) return
    if (name !== 'TimeoutError' && !REASONS.includes(code ?? '')) throw error
  }
}

let round = 0
let open: number | undefined

export const serviceSoak: Soak = {
  name: 'service',
  slice: 3,
  async round(random) {
    const path = join(tmpdir(), `${prefix}-service`)
    const address = [`shm:${path}`, `unix:${path}`, 'tcp:127.0.0.1:0'][round++ % 3] ?? ''
    const codec = CODECS[below(random, CODECS.length)] ?? CODECS[0]
    const concurrency = 1 + below(random, 8)
    let running = 0
    const handler = async (request: Request, { signal }: { signal: AbortSignal }): Promise<Reply> => {
      assert.ok(++running <= concurrency)
      try {
        if (request.takes > 0) await sleep(request.takes, undefined, request.obeys ? { signal } : {})
        if (request.fails) throw new Error(`${request.id} fails`)
        return { id: request.id, text: 'y'.repeat(request.reply) }
      } finally {
        running--
      }
    }
    const capacity = 2 ** (12 + below(random, 8))
    const service = await serve<Request, Reply>(address, handler, { codec, concurrency, capacity })
    const joining = Array.from({ length: 1 + below(random, 4) }, () =>
      connectService<Request, Reply>(service.address, { codec }),
    )
    const clients = await Promise.all(joining)
    const asking = clients.flatMap((client, n) =>
      Array.from({ length: below(random, 60) }, (_, i) => ask(client, n * 1000 + i, random)),
    )
    const end = below(random, 4)
    await sleep(end === 0 ? 0 : below(random, 30))
    if (end === 1) await service.close()
    else if (end === 2) service.destroy()
    else if (end === 3) clients[0]?.destroy()
    await Promise.all(asking)
    await Promise.all(clients.map((client) => client.close()))
    await service.close()
    // After each mechanism was used once, which opens some for good.
    if (round === 3) open = descriptors().size
  },
  async finish() {
    if (open === undefined) return // too few rounds
    // What ends with a turn of the event loop gets some.
    for (let turn = 0; turn < 100 && descriptors().size > open; turn++) await sleep(1)
    assert.ok(descriptors().size <= open, [...descriptors()].join('\n'))
    open = undefined
    round = 0
  },
}
