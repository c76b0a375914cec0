// What this machine and this installation can run.
import { execFileSync } from 'node:child_process'
import type { Case } from './case.ts'
import { pinning } from './machine.ts'
import { missing } from './rivals.ts'

/** Room for deep queues of long messages, in bytes. */
const ROOM = 64 << 20

/** RLIMIT_MSGQUEUE, whose 800 KiB are too few for deep queues of long messages; the superuser may raise it. */
export function raiseQueueLimit(): void {
  try {
    execFileSync('prlimit', ['--pid', `${process.pid}`, `--msgqueue=${ROOM}`], { stdio: 'ignore' })
  } catch {
    // then the queues that are too large say so
  }
}

/** Why a case cannot be run here; undefined: it can. */
export function obstacle(one: Case, cpus: readonly number[]): string | undefined {
  if (one.kind === 'unmeasured') return one.why
  if (one.kind === 'single') return missing(one.outer)
  if (one.kind !== 'contest') return undefined
  if (pinning(one.placement, cpus) === undefined) return 'this machine lets us use one processor only'
  if (one.depth !== undefined && process.getuid?.() !== 0) return 'queues this deep need the superuser'
  return missing(one.outer)
}
