// What this machine and this installation can run.
import type { Case } from './case.ts'
import { deepest } from './inside.ts'
import { pinning } from './machine.ts'
import { missing } from './rivals.ts'

/** Why a case cannot be run here; undefined: it can. */
export function obstacle(one: Case, cpus: readonly number[]): string | undefined {
  if (one.kind === 'unmeasured') return one.why
  if (one.kind === 'single') return missing(one.outer)
  if (one.kind !== 'contest') return undefined
  if (pinning(one.placement, cpus) === undefined) return 'this machine lets us use one processor only'
  if ((one.depth ?? 0) > deepest())
    return `/proc/sys/fs/mqueue/msg_max is ${deepest()}, and cannot be raised here`
  return missing(one.outer)
}
