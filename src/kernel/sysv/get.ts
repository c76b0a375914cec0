// Making and finding System V objects: what msgget(2), semget(2) and shmget(2) have in common.
import { constants } from '../../sys/constants.ts'
import { EEXIST, ENOENT } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'

/** A `...get(2)` with its key and size bound: takes the flags, gives an id or `-errno`. */
export type Get = (flags: number) => number

/** What was made or found. */
export interface Gotten {
  readonly id: number
  /** Whether this call made it. */
  readonly created: boolean
}

/** What is made or found, for errors. */
export interface Wanted {
  /** `'msgget'` */
  readonly syscall: string
  /** `'message queue 0x00001234'` */
  readonly label: string
  /** By code, what this kind of object adds. */
  readonly hints?: Readonly<Record<string, string>>
}

/** Makes an object that must not exist. */
export function createNew(get: Get, mode: number, wanted: Wanted): Gotten {
  return gotten(get(constants.IPC_CREAT | constants.IPC_EXCL | mode), true, wanted)
}

/** Finds an object that must exist; `access` are the bits of `accessBits`. */
export function openExisting(get: Get, access: number, wanted: Wanted): Gotten {
  return gotten(get(access), false, wanted)
}

/** Makes the object, or finds the one that is there, however many do it at once. */
export function openOrCreate(get: Get, mode: number, wanted: Wanted): Gotten {
  for (;;) {
    const made = get(constants.IPC_CREAT | constants.IPC_EXCL | mode)
    if (made !== EEXIST) return gotten(made, true, wanted)
    const found = get(mode)
    if (found !== ENOENT) return gotten(found, false, wanted) // else removed in between: once more
  }
}

function gotten(id: number, created: boolean, { syscall, label, hints }: Wanted): Gotten {
  if (id >= 0) return { id, created }
  const failed = new SysError(id, syscall, { on: label })
  const hint = hints?.[failed.code] ?? HINTS[failed.code]
  throw hint === undefined ? failed : new SysError(id, syscall, { on: label, hint })
}

const HINTS: Readonly<Record<string, string>> = {
  EEXIST: 'It exists already; open takes what is there.',
  ENOENT: 'It does not exist; create makes it.',
  EACCES: 'Its mode does not allow this user what was asked.',
}
