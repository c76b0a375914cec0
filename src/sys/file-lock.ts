// flock(2), and the locks of fcntl(2). All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** flock(2). Blocks without LOCK_NB. */
export const flock: (fd: number, operation: number) => number = native.flock
/** flock(2) that blocks this thread for at most `timeout` ms (-1: for ever), then `-ETIMEDOUT`. */
export const flockUntil: (fd: number, operation: number, timeout: number) => number = native.flockUntil
/** fcntl(2) with a struct flock, see `flockBytes`; F_OFD_GETLK writes into it. */
export const fcntlLock: (fd: number, command: number, lock: BufferSource) => number = native.fcntlLock
/** As `fcntlLock`, blocking this thread for at most `timeout` ms (-1: for ever), then `-ETIMEDOUT`. */
export const fcntlLockUntil: (fd: number, command: number, lock: BufferSource, timeout: number) => number =
  native.fcntlLockUntil

/** A struct flock. `start` from the file's beginning; a `length` of 0 is up to its end, wherever that comes to be. */
export interface FlockStruct {
  /** F_RDLCK, F_WRLCK or F_UNLCK. */
  readonly type: number
  readonly start: number
  readonly length: number
  /** Who holds it, as F_OFD_GETLK says: -1 for an open file description. 0 otherwise. */
  readonly pid?: number
}

/** The bytes of a struct flock, with SEEK_SET. */
export function flockBytes(lock: FlockStruct): BigInt64Array {
  return BigInt64Array.of(BigInt(lock.type), BigInt(lock.start), BigInt(lock.length), 0n)
}

/** What F_OFD_GETLK wrote. */
export function flockOf(bytes: BigInt64Array): FlockStruct {
  const words = new Int32Array(bytes.buffer)
  return {
    type: (words[0] ?? 0) & 0xffff,
    start: Number(bytes[1]),
    length: Number(bytes[2]),
    pid: words[6] ?? 0,
  }
}
