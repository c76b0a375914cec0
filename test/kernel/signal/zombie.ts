// A process that has ended, and whose parent never waits for it.
import { readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { start } from '../../support/child.ts'

async function until(look: () => boolean): Promise<void> {
  while (!look()) await turn()
}

const proc = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')

/** Gives its number; it exited with `status`. Its parent, a child of this process, is gone at the end of the test. */
export async function makeZombie(status = 0): Promise<number> {
  // The shell becomes a program that waits for nobody, before its child ends.
  const parent = start('sh', ['-c', `(cat <&3; exit ${status}) & echo $!; exec sleep 30`], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const pid = Number(await parent.line())
  await until(() => proc(parent.pid, 'comm') === 'sleep\n')
  ;(parent.process.stdio[3] as Writable).end()
  await until(() => /^State:\tZ/m.test(proc(pid, 'status')))
  return pid
}
