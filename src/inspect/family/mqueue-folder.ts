// The names of POSIX message queues. They stand in a file system of their own, mqueue, which need not be mounted
// anywhere; who may mount (CAP_SYS_ADMIN) sees it nevertheless, without mounting it.
import { type BigIntStats, lstatSync, readdirSync, readFileSync, statfsSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { close } from '../../sys/file.ts'
import { fsconfig, fsmount, fsopen } from '../../sys/mount.ts'
import { deviceText } from '../proc/region.ts'

/** statfs(2)'s f_type of it: MQUEUE_MAGIC in linux/magic.h. */
const MAGIC = 0x19800202

export interface QueueName {
  /** With its slash: `/jobs`. */
  readonly name: string
  /** `major:minor:number`. */
  readonly inode: string
  readonly stat: BigIntStats
  /** Where it can be opened, for as long as the folder is. */
  readonly path: string
}

/** Every queue of this IPC namespace, or what is behind a mount of another one. */
export class QueueFolder {
  /** Undefined: they cannot be listed. */
  readonly names: readonly QueueName[] | undefined
  readonly #fd: number

  constructor() {
    this.#fd = openFolder()
    const path = this.#fd >= 0 ? `/proc/self/fd/${this.#fd}` : mounted()
    this.names = path === undefined ? undefined : list(path)
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0) close(this.#fd)
  }
}

/** Whether the file, followed, is a queue: others can have such paths, too. */
export function isQueue(path: string): boolean {
  try {
    return statfsSync(path).type === MAGIC
  } catch {
    return false
  }
}

/** A descriptor of the folder, or `-errno`. It shows our own namespace, which a mount made before need not. */
function openFolder(): number {
  const context = fsopen('mqueue', constants.FSOPEN_CLOEXEC)
  if (context < 0) return context
  const created = fsconfig(context, constants.FSCONFIG_CMD_CREATE)
  const folder =
    created < 0 ? created : fsmount(context, constants.FSMOUNT_CLOEXEC, constants.MOUNT_ATTR_RDONLY)
  close(context)
  return folder
}

/** Where it is mounted, proc_pid_mountinfo(5): mostly /dev/mqueue. */
function mounted(): string | undefined {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const found = lines.find((line) => / - mqueue /.test(line))?.split(' ')[4]
  // Blanks and the like are written as `\040`.
  const path = found?.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  )
  return path !== undefined && isQueue(path) ? path : undefined
}

function list(folder: string): readonly QueueName[] | undefined {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return undefined // not for us
  }
  return names.flatMap((name) => {
    const path = `${folder}/${name}`
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    if (stat === undefined) return [] // unlinked meanwhile
    return [{ name: `/${name}`, inode: `${deviceText(stat.dev)}:${stat.ino}`, stat, path }]
  })
}
