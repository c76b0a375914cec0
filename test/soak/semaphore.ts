// POSIX semaphores between glibc's sem_timedwait and ours, which all give up again and again, and one who is killed: every
// unit is taken once.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PosixSemaphore } from 'hutong'
import { compile } from '../support/compile.ts'
import { prefix } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { type Peer, startPeer } from './peer.ts'
import type { Soak } from './soak.ts'

const SEMAPHORES = 4
const UNITS = 300

const fileOf = (name: string): string => `/dev/shm/sem.${name.slice(1)}`

const peer = (...args: readonly string[]): Peer => startPeer(compile('semaphore/peer.c', '-pthread'), ...args)

/** Takes units until `done()`, giving up in every way there is; gives how many it took. */
async function take(semaphore: PosixSemaphore, random: Random, done: () => boolean): Promise<number> {
  let taken = 0
  while (!done()) {
    const controller = new AbortController()
    if (below(random, 2) === 0) setImmediate(() => controller.abort())
    try {
      await semaphore.wait({ signal: controller.signal, timeout: below(random, 3) })
      taken++
    } catch {
      // given up
    }
    if (semaphore.tryWait() === true) taken++
  }
  return taken
}

async function round(random: Random): Promise<void> {
  const names = Array.from({ length: SEMAPHORES + 1 }, (_, index) => `/${prefix}-soak-${index}`)
  const all = names.map((name) => PosixSemaphore.create(name))
  const [done, ...semaphores] = all as [PosixSemaphore, ...PosixSemaphore[]]
  try {
    const peers = names.slice(1).map((name) => peer('drain', name, names[0] ?? ''))
    const doomed = peer('wait', names[1] ?? '', `${UNITS}`)
    let finished = false
    const here = semaphores.flatMap((one) => [0, 1].map(() => take(one, random, () => finished)))
    const killAt = below(random, UNITS)
    for (let unit = 0; unit < UNITS; unit++) {
      for (const semaphore of semaphores) semaphore.post()
      if (unit === killAt) doomed.process.kill('SIGKILL')
      if (below(random, 20) === 0) await sleep(0)
    }
    const killed = (await doomed.ended).split('\n').length - 1
    finished = true
    let taken = (await Promise.all(here)).reduce((sum, each) => sum + each, 0)
    done.post()
    for (const { ended } of peers) taken += Number(await ended)
    const lost = UNITS * SEMAPHORES - taken - killed
    assert.ok(lost === 0 || lost === 1, `${lost} units were lost; the one who was killed may have one`)
    for (const semaphore of semaphores) assert.equal(semaphore.value, 0)
    for (const semaphore of semaphores.slice(1)) assert.equal(semaphore.waiting, 0)
  } finally {
    for (const semaphore of all) semaphore.close()
    for (const name of names) rmSync(fileOf(name), { force: true })
  }
}

export const semaphoreSoak: Soak = {
  name: 'posix-semaphore',
  slice: 1,
  round,
  async finish() {
    assert.doesNotMatch(execFileSync('ls', ['/dev/shm'], { encoding: 'utf8' }), new RegExp(`${prefix}-soak`))
  },
}
