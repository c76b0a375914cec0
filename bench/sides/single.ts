// One operation over and over in one process, nobody else around. The same as bench/c/single.c, and the npm packages.
// Arguments: CONTESTANT OPERATIONS WARM_UP COUNT PATH; prints a line with the nanoseconds of one for each kind.
import { hutong } from './single/hutong.ts'
import { rivals } from './single/rivals.ts'

export interface SingleOutput {
  readonly nanoseconds: number
}

/** As in roles.ts: V8 compiles a function that is called often. */
const BATCH = 256

function batch(run: () => unknown, times: number): void {
  for (let i = 0; i < times; i++) run()
}

async function batchAsync(run: () => unknown, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await run()
}

async function repeat(operation: string, run: () => unknown, times: number): Promise<void> {
  const waits = operation.endsWith('-async')
  for (let left = times; left > 0; left -= BATCH) {
    if (waits) await batchAsync(run, Math.min(BATCH, left))
    else batch(run, Math.min(BATCH, left))
  }
}

const [contestant = '', wanted = '', warmUp, count, path = ''] = process.argv.slice(2)
const operations = contestant === 'hutong' ? hutong(path) : rivals(contestant, path)
for (const operation of wanted.split(',')) {
  const once = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (once === undefined) throw new Error(`${contestant} does nothing that is called ${operation}`)
  await repeat(operation, once, Number(warmUp))
  const start = process.hrtime.bigint()
  await repeat(operation, once, Number(count))
  const nanoseconds = Number(process.hrtime.bigint() - start) / Number(count)
  console.log(JSON.stringify({ nanoseconds } satisfies SingleOutput))
}
