// What this machine and this installation can run.
import type { Case } from './case.ts'
import { unmetNeed } from './inside.ts'
import { pinning } from './machine.ts'
import { missing } from './rivals.ts'

/** Why a case cannot be run here; undefined: it can. */
export function obstacle(one: Case, cpus: readonly number[]): string | undefined {
  if (one.kind === 'unmeasured') return one.why
  if (one.kind === 'single') return missing(one.outer)
  if (one.kind !== 'contest' && one.kind !== 'channel') return undefined
  if (pinning(one.placement, cpus) === undefined) return 'this machine lets us use one processor only'
  if (one.kind === 'channel') return undefined
  const need = unmetNeed(one)
  if (need !== undefined) return `${need.limit} is ${need.value}, and cannot be raised here`
  return missing(one.outer)
}
