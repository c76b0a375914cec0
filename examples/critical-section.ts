// Two processes add 1 to a counter in shared memory, a million times each: `critical-section [COUNT [KIND...]]`. Without a lock
// additions get lost. With one the sum is exact, although a process is killed in the middle of its critical section.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Memfd, Mutex, PosixSemaphore, RwLock, SysvSemaphores } from 'hutong'
import { kinds, MUTEX, program, RW_LOCK, SEMAPHORE, TOTAL, WORDS } from './critical-section/adder.ts'

const [count = '1000000', ...chosen] = process.argv.slice(2)
const most = Number(count)

for (const kind of chosen.length > 0 ? chosen : kinds) {
  const file = Memfd.create('counter', { size: RW_LOCK + RwLock.sizeFor(2) })
  const memory = file.map()
  const set = SysvSemaphores.createPrivate({ count: 1, values: 1 })
  const semaphore = PosixSemaphore.initialize(memory, SEMAPHORE, 1)
  Mutex.initialize(memory, MUTEX)
  RwLock.initialize(memory, RW_LOCK, { readers: 2 })

  const run = async (me: number, end = 'lives'): Promise<void> => {
    const args = [program, `${most}`, kind, `${set.id}`, `${me}`, end]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', file.fd] })
    const [code, signal] = await once(child, 'exit')
    if (signal === null && code === 0) return
    if (signal !== 'SIGKILL') throw new Error(`${kind}: a process ended with ${code ?? signal}`)
    if (kind === 'PosixSemaphore') semaphore.post() // not robust: nobody else gives back what the dead took
    await run(me)
  }
  const start = performance.now()
  await Promise.all([run(0, kind === 'no lock' ? 'lives' : 'dies'), run(1)]).finally(() => set.remove())

  const total = memory.view(Uint32Array, 0, WORDS)[TOTAL] ?? 0
  if (kind !== 'no lock' && total !== 2 * most) process.exitCode = 1
  const verdict = total === 2 * most ? 'exact' : `${2 * most - total} were lost`
  console.log(`${kind}: ${total}, ${verdict} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  semaphore.close()
  memory.close()
  file.close()
}
