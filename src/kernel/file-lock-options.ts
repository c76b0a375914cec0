// The options of locks on files.
import type { OpenLockOptions } from './file-lock-way.ts'
import { checkFlag, checkMode } from './mapping-options.ts'

/** Options of `FileLock.flock`. */
export interface FileLockOptions extends OpenLockOptions {
  /** Locks are shared, unless an operation says otherwise. Default false. */
  readonly shared?: boolean
}

/** Options of `FileLock.record`. */
export interface RecordLockOptions extends FileLockOptions {
  /** The first byte. Default 0. */
  readonly start?: number
  /** Bytes; 0, the default: up to the file's end, wherever that comes to be. The bytes need not exist. */
  readonly length?: number
}

/** Whether others may hold the lock at the same time, if they share it too. */
export interface Sharing {
  readonly shared?: boolean
}

/** Who is in the way of a record lock. */
export interface RecordHolder {
  readonly shared: boolean
  readonly start: number
  /** 0: up to the file's end. */
  readonly length: number
  /** Its process; -1 for a lock of an open file description, which several processes may share. */
  readonly pid: number
}

/** Throws for the first option that is wrong, naming it; how the file is opened. */
export function checked(options: FileLockOptions): Required<OpenLockOptions> {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { create = true, mode = 0o600, shared } = options
  checkFlag(create, 'create')
  checkFlag(shared, 'shared')
  return { create, mode: checkMode(mode) }
}
