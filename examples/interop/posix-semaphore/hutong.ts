// Two POSIX semaphores, shared with peer.c, peer.pl or peer.py: `return NAME ROUNDS` or `serve NAME ROUNDS`
import { PosixSemaphore } from 'hutong'

const [role, name = '', rounds] = process.argv.slice(2)
const names = [name, `${name}-back`] as const

if (role === 'return') {
  const [there, back] = names.map((each) => PosixSemaphore.create(each)) as [PosixSemaphore, PosixSemaphore]
  console.log('ready')
  for (let round = 0; round < Number(rounds); round++) {
    await there.wait({ timeout: 10_000 })
    back.post()
  }
  for (const semaphore of [there, back]) semaphore.close()
  for (const each of names) PosixSemaphore.unlink(each)
} else {
  const [there, back] = names.map((each) => PosixSemaphore.open(each)) as [PosixSemaphore, PosixSemaphore]
  for (let round = 0; round < Number(rounds); round++) {
    there.post()
    await back.wait({ timeout: 10_000 })
  }
  for (const semaphore of [there, back]) semaphore.close()
}
console.log(`${rounds} rounds`)
