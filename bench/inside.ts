// Deep queues: they hold more than the limits of the system allow. Those belong to the IPC namespace, so a run that needs
// more goes on in a namespace of its own, where it may raise them.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Case } from './case.ts'

/** A limit of the system, and what a case needs it to be. */
export interface Need {
  readonly limit: string
  readonly least: number
}

/** A POSIX queue is limited in messages, one of System V in bytes. */
function needOf(one: Case): Need | undefined {
  if (one.kind !== 'contest' || one.depth === undefined) return undefined
  return one.mechanism === 'sysv-mq'
    ? { limit: '/proc/sys/kernel/msgmnb', least: one.depth * one.size }
    : { limit: '/proc/sys/fs/mqueue/msg_max', least: one.depth }
}

function amountAllowed(limit: string): number {
  try {
    return Number(readFileSync(limit, 'latin1'))
  } catch {
    return 0
  }
}

/** What a case needs and this system does not allow. */
export function unmetNeed(one: Case): (Need & { readonly value: number }) | undefined {
  const need = needOf(one)
  const value = need === undefined ? 0 : amountAllowed(need.limit)
  return need === undefined || value >= need.least ? undefined : { ...need, value }
}

/** The commands of a shell that raise the limits; the last to raise one wants the most. */
function raising(chosen: readonly Case[]): string[] {
  return chosen
    .flatMap((one) => unmetNeed(one) ?? [])
    .sort((one, other) => one.least - other.least)
    .map(({ limit, least }) => `echo ${least} > ${limit}`)
}

/** As the superuser, or as anybody where user namespaces are allowed. */
const WAYS = [['--ipc'], ['--user', '--map-root-user', '--ipc']]

/** Does the whole run in such a namespace and gives its status; undefined: it is not needed, or not to be had. */
export async function runInside(chosen: readonly Case[]): Promise<number | undefined> {
  const needed = raising(chosen)
  if (needed.length === 0) return undefined
  const raise = [...new Set(needed)].join(' && ')
  const way = WAYS.find(
    (flags) => spawnSync('unshare', [...flags, 'sh', '-c', raise], { stdio: 'ignore' }).status === 0,
  )
  if (way === undefined) return undefined
  const self = [process.execPath, ...process.argv.slice(1)]
  const child = spawn('unshare', [...way, 'sh', '-c', `${raise} && exec "$@"`, 'sh', ...self], {
    stdio: 'inherit',
  })
  process.on('SIGINT', () => {}) // the terminal tells the child too, which stops the run
  const [code]: (number | null)[] = await once(child, 'exit')
  return code ?? 1
}
