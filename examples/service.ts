// A service that a second process asks: many requests at once, an error, one that is given up.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connectService, json, ServiceError, serve } from 'hutong/channel'

interface Question {
  readonly what: 'square' | 'slow'
  readonly of: number
}
const codec = { request: json<Question>(), reply: json<number>() }
const [, , address] = process.argv

if (address !== undefined) {
  const client = await connectService(address, { codec, timeout: 20_000 })
  const squares = await Promise.all([1, 2, 3, 4].map((of) => client.request({ what: 'square', of })))
  console.log('client: squares:', squares.join(' '))
  try {
    await client.request({ what: 'square', of: -1 })
  } catch (error) {
    if (error instanceof ServiceError) console.log(`client: ${error.name}: ${error.message}`)
  }
  try {
    await client.request({ what: 'slow', of: 1 }, { timeout: 50 })
  } catch (error) {
    console.log(`client: ${error}`)
  }
  await client.close()
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-example-'))
  const service = await serve(
    `shm:${join(folder, 'squares')}`,
    async ({ what, of }: Question, { signal, peer }) => {
      if (of < 0) throw new RangeError(`${of} is too little`)
      if (what === 'square') return of * of
      await sleep(60_000, undefined, { signal }).catch(() => {})
      console.log(`service: ${peer?.pid === child.pid ? 'the child' : 'a stranger'} does not wait any more`)
      return 0
    },
    { codec, concurrency: 16 },
  )
  const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(import.meta.url), service.address], {
    stdio: 'inherit',
  })
  await new Promise((resolve) => child.on('close', resolve))
  await service.close()
  rmSync(folder, { recursive: true })
}
