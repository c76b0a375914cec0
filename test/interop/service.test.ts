// A service and a client in Python, after docs/mechanism/service.md.
import assert from 'node:assert/strict'
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectService, json, ServiceError, serve } from 'hutong/channel'
import { start } from '../support/child.ts'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { fixtures } from '../support/paths.ts'

const codec = json<unknown>()
const program = join(fixtures, 'channel/service_peer.py')

test('a Python program asks: replies, an error, a cancel, a deadline', async () => {
  const path = await uniquePath()
  const service = await serve<unknown, unknown>(
    `unix:${path}`,
    (request, { signal }) => {
      if (request === 'fail') throw Object.assign(new RangeError('too far'), { code: 'ERR_FAR' })
      if (request !== 'wait') return { request }
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
    { codec, concurrency: 3 },
  )
  cleanUp(() => service.destroy())
  const { code, stdout, stderr } = await start('python3', [program, 'ask', path]).ended
  assert.deepEqual([code, stderr], [0, ''])
  const [hello, ...answers] = stdout.trimEnd().split('\n')
  assert.equal(hello, 'hello 3')
  assert.deepEqual(answers.slice(0, 2).sort(), [
    `4 2 b'{"request":"tea"}'`,
    `6 3 b'{"name":"RangeError","message":"too far","code":"ERR_FAR"}'`,
  ])
  assert.match(answers[2] ?? '', /^6 1 .*AbortError/)
  assert.match(answers[3] ?? '', /^6 4 .*"code":"ETIMEDOUT"/)
})

test('a Python program answers', async () => {
  const path = await uniquePath()
  const python = start('python3', [program, 'serve', path])
  assert.equal(await python.line(), 'listening')
  const client = await connectService<unknown, unknown>(`unix:${path}`, { codec })
  cleanUp(() => client.destroy())
  assert.deepEqual(await client.request('tea'), ['tea', false])
  assert.deepEqual(await client.request({ a: 1 }, { timeout: 60_000 }), [{ a: 1 }, true])
  assert.equal(await client.request('nothing'), undefined)
  await assert.rejects(
    client.request('fail'),
    (error) => error instanceof ServiceError && error.name === 'ValueError' && error.code === 'E_PYTHON',
  )
  const control = new AbortController()
  const waiting = [1, 2, 3].map(() => client.request('wait', { signal: control.signal }))
  const outcomes = Promise.allSettled(waiting)
  const behind = client.request('behind')
  control.abort()
  for (const outcome of await outcomes) assert.equal(outcome.status, 'rejected')
  assert.deepEqual(await behind, ['behind', false], 'it waited until there was room for it')
  await client.close()
  assert.equal((await python.ended).code, 0)
  unlinkSync(path)
})
