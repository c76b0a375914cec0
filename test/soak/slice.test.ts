import { test } from 'node:test'
import '../support/leaks.ts'
import { seeded } from '../support/random.ts'
import { soaks } from './all.ts'

for (const soak of soaks) {
  test(`${soak.name}: the first ${soak.slice} rounds hold`, async () => {
    const random = seeded(1)
    for (let round = 0; round < soak.slice; round++) await soak.round(random)
    await soak.finish?.()
  })
}
