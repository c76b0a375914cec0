// npm run soak -- [--seconds N | --rounds N] [--seed S] [NAME...]: runs the long proofs in turn and prints the rounds done.
import { parseArgs } from 'node:util'
import { seeded } from '../support/random.ts'
import { removeSysvObjects, sysvObjects } from '../support/sysv.ts'
import { soaks } from './all.ts'
import type { Soak } from './soak.ts'

const usage = `usage: npm run soak -- [--seconds N | --rounds N] [--seed S] [NAME...]
  --seconds N  how long, all proofs together (60)
  --rounds N   how many rounds instead, all proofs together
  NAME         only the proofs whose name contains this: ${soaks.map(({ name }) => name).join(', ')}`

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string' }, rounds: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const seconds = Number(values.seconds ?? 60)
const wanted = values.rounds === undefined ? undefined : Number(values.rounds)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
if (!(seconds > 0) || !Number.isInteger(seed)) fail(usage)
if (wanted !== undefined && !(Number.isInteger(wanted) && wanted > 0 && values.seconds === undefined))
  fail(usage)
const chosen = soaks.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
)
if (chosen.length === 0) fail(usage)

// Whatever ends this, nothing is left; peer.ts ends the peers.
process.on('exit', () => removeSysvObjects(sysvObjects()))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

async function run(soak: Soak): Promise<number> {
  const random = seeded(seed)
  const most = wanted === undefined ? Number.POSITIVE_INFINITY : Math.ceil(wanted / chosen.length)
  const end =
    wanted === undefined ? performance.now() + (seconds * 1000) / chosen.length : Number.POSITIVE_INFINITY
  let rounds = 0
  try {
    while (rounds < most && performance.now() < end) {
      await soak.round(random)
      rounds++
    }
    await soak.finish?.()
  } catch (error) {
    console.error(`${soak.name}: failed in round ${rounds} with seed ${seed}`)
    throw error
  }
  return rounds
}

const amount = wanted === undefined ? `${seconds} seconds` : `${wanted} rounds`
console.log(`seed ${seed}, ${amount}, ${chosen.length} proofs`)
let all = 0
for (const soak of chosen) {
  const begin = performance.now()
  const rounds = await run(soak)
  all += rounds
  console.log(`${soak.name}: ${rounds} rounds done in ${((performance.now() - begin) / 1000).toFixed(1)} s`)
}
console.log(`${all} rounds in all`)
