// npm run soak -- --seconds N --seed S [NAME...]: runs the long proofs in turn and prints the rounds done.
import { parseArgs } from 'node:util'
import { seeded } from '../support/random.ts'
import { soaks } from './all.ts'

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const seconds = Number(values.seconds)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run soak -- [--seconds N] [--seed S] [NAME...]')
  process.exit(2)
}
const chosen = soaks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (chosen.length === 0) {
  console.error(`no such proof; there are: ${soaks.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

console.log(`seed ${seed}, ${seconds} seconds, ${chosen.length} proofs`)
for (const soak of chosen) {
  const random = seeded(seed)
  const end = performance.now() + (seconds * 1000) / chosen.length
  let rounds = 0
  try {
    while (performance.now() < end) {
      await soak.round(random)
      rounds++
    }
    await soak.finish?.()
  } catch (error) {
    console.error(`${soak.name}: failed in round ${rounds} with seed ${seed}`)
    throw error
  }
  console.log(`${soak.name}: ${rounds} rounds done`)
}
