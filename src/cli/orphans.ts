// `hutong rm --orphans`: shows what nobody uses, asks, and removes it.
import { createInterface } from 'node:readline/promises'
import { collect, type Host, type IpcObject } from '../inspect/index.ts'
import { DONE, FAILED, report, UsageError } from './exit.ts'
import { formatListing } from './format/ls.ts'
import { plural, shown } from './format/text.ts'
import type { Io } from './io.ts'
import { fileOf, remove } from './removal.ts'
import { only, select } from './selection.ts'
import { unlinkIfUnused } from './unused.ts'
import { readNames } from './users.ts'

type Named = Extract<IpcObject, { kind: 'posix-shm' | 'posix-sem' }>
type Sysv = Extract<IpcObject, { kind: `sysv-${string}` }>
type Orphan = Named | Sysv

export async function removeOrphans(io: Io, yes: boolean): Promise<number> {
  if (!yes && !(io.stdin.isTTY && io.stderr.isTerminal)) {
    throw new UsageError('--orphans asks before it removes; without a terminal say --yes')
  }
  const listed = await orphansNow()
  const mine = listed.objects.filter(isOrphan).filter(mayRemove)
  if (mine.length === 0) {
    io.note('no orphans that this user could remove')
    return DONE
  }
  const style = { columns: ['address', 'owner', 'mode', 'size'], headings: true, bytes: false } as const
  io.stdout.write(formatListing(only(listed, mine), readNames(), style, io.stdout))
  if (!yes && !(await agreed(mine.length))) {
    io.note('nothing removed')
    return DONE
  }
  return removeEach(mine, io)
}

async function orphansNow(): Promise<Host> {
  const host = await collect({ peek: false })
  return select(host, { kinds: [], pids: [], orphans: true, all: true }).host
}

/**
 * Names in /dev/shm, of which the kernel will say whether anybody uses them; System V objects, if that is proven. Of a POSIX
 * queue nothing proves that nobody whom we cannot see has it open.
 */
function isOrphan(object: IpcObject): object is Orphan {
  if (object.kind === 'posix-shm') return true
  if (object.kind === 'posix-sem') return object.value !== null // else it is another file, called so by accident
  return 'creator' in object && object.orphan === true
}

/** Another user's name in a sticky /dev/shm is not ours to remove. */
function mayRemove(object: Orphan): boolean {
  const uid = process.geteuid?.()
  const made = 'creator' in object && object.creator.uid === uid
  return object.address !== null && (uid === 0 || object.owner?.uid === uid || made)
}

async function agreed(count: number): Promise<boolean> {
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const what = count === 1 ? 'it' : `these ${count}`
    return /^y(es)?$/i.test((await ask.question(`Remove ${what}? [y/N] `)).trim())
  } finally {
    ask.close()
  }
}

async function removeEach(objects: readonly Orphan[], io: Io): Promise<number> {
  // Somebody may have come while the user thought about it.
  const still = new Set((await orphansNow()).objects.filter(isOrphan).map(({ id }) => id))
  let status = DONE
  let removed = 0
  for (const object of objects) {
    try {
      if (await removeUnused(object, still.has(object.id))) removed++
      else
        io.note(
          `${shown(object.address ?? object.id)} is in use by a process that cannot be seen: left alone`,
        )
    } catch (error) {
      report(error, io, 'rm')
      status = FAILED
    }
  }
  io.note(`${plural(removed, 'object')} removed`)
  return status
}

/** False if somebody uses it. */
async function removeUnused(object: Orphan, stillUnused: boolean): Promise<boolean> {
  if (object.kind === 'posix-shm' || object.kind === 'posix-sem') {
    return unlinkIfUnused(fileOf({ kind: object.kind, name: object.name, options: {} }))
  }
  if (!stillUnused) return false
  // By its id: meanwhile the key may be another object's.
  await remove({ kind: object.kind, key: { by: 'id', id: object.identifier }, options: {} })
  return true
}
