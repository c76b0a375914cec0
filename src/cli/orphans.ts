// `hutong rm --orphans`: shows what nobody uses, asks, and removes it.
import { createInterface } from 'node:readline/promises'
import { collect, type PosixMemoryObject } from '../inspect/index.ts'
import { DONE, FAILED, report, UsageError } from './exit.ts'
import { formatListing } from './format/ls.ts'
import { plural, shown } from './format/text.ts'
import type { Io } from './io.ts'
import { fileOf } from './removal.ts'
import { only, select } from './selection.ts'
import { unlinkIfUnused } from './unused.ts'
import { readNames } from './users.ts'

export async function removeOrphans(io: Io, yes: boolean): Promise<number> {
  if (!yes && !(io.stdin.isTTY && io.stderr.isTerminal)) {
    throw new UsageError('--orphans asks before it removes; without a terminal say --yes')
  }
  const host = await collect({ peek: false })
  const listed = select(host, { kinds: ['posix-shm'], pids: [], orphans: true, all: true }).host
  const mine = listed.objects.filter((object) => object.kind === 'posix-shm').filter(mayRemove)
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

/** Another user's name in a sticky /dev/shm is not ours to remove. */
function mayRemove({ owner, address }: PosixMemoryObject): boolean {
  const uid = process.geteuid?.()
  return address !== null && (uid === 0 || owner?.uid === uid)
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

function removeEach(objects: readonly PosixMemoryObject[], io: Io): number {
  let status = DONE
  let removed = 0
  for (const { name } of objects) {
    const path = fileOf({ kind: 'posix-shm', name, options: {} })
    try {
      if (unlinkIfUnused(path)) removed++
      else io.note(`posix-shm:${shown(name)} is in use by a process that cannot be seen: left alone`)
    } catch (error) {
      report(error, io, 'rm')
      status = FAILED
    }
  }
  io.note(`${plural(removed, 'name')} removed`)
  return status
}
