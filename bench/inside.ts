// Deep POSIX queues: more messages than /proc/sys/fs/mqueue/msg_max allows. That limit belongs to the IPC namespace, so
// a run that needs more goes on in a namespace of its own, where it may raise it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Case } from './case.ts'

const LIMIT = '/proc/sys/fs/mqueue/msg_max'

/** Messages that a queue may hold. */
export function deepest(): number {
  try {
    return Number(readFileSync(LIMIT, 'latin1'))
  } catch {
    return 0
  }
}

function depthOf(one: Case): number {
  return one.kind === 'contest' ? (one.depth ?? 0) : 0
}

/** As the superuser, or as anybody where user namespaces are allowed. */
const WAYS = [['--ipc'], ['--user', '--map-root-user', '--ipc']]

/** Does the whole run in such a namespace and gives its status; undefined: it is not needed, or not to be had. */
export async function runInside(chosen: readonly Case[]): Promise<number | undefined> {
  const depth = Math.max(0, ...chosen.map(depthOf))
  const raise = `echo ${depth} > ${LIMIT}`
  if (depth <= deepest()) return undefined
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
