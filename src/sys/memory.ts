// mmap(2) and its kin, memfd_create(2). All give `>= 0` or `-errno` unless said otherwise; see `must`.
import { constants as os } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { native } from './addon.ts'
import type { Memory } from './native.ts'

export type { Memory } from './native.ts'

/** Bytes of a page, sysconf(_SC_PAGESIZE). */
export const pageSize: number = native.pageSize

/** Bits of `memoryFlags`: the object was truncated; a read-only mapping was written to. */
export const LOST = 1
export const WRITTEN = 2

let listens = false

/** The guard must know whether a SIGBUS or SIGSEGV that somebody sends (not a fault) has a listener, or is to kill. */
export function tellGuardOfListeners(): void {
  if (listens) return
  listens = true
  if (!isMainThread) return // signals reach listeners of the main thread only
  const tell = (name: string | symbol, on: boolean): void => {
    if (name === 'SIGBUS' || name === 'SIGSEGV') native.guardListening(os.signals[name], on)
  }
  for (const name of ['SIGBUS', 'SIGSEGV'] as const) tell(name, process.listenerCount(name) > 0)
  process.on('newListener', (name) => tell(name, true))
  process.on('removeListener', (name) => tell(name, process.listenerCount(name) > 0))
}

/**
 * mmap(2) of an address that the kernel chooses: a handle, or `-errno`. The first one with a descriptor installs the
 * guard. ENOMEM also when 2^44 bytes of addresses rest in quarantine.
 */
export function mmap(
  ...call: [length: number, protection: number, flags: number, fd: number, offset: number]
): Memory | number {
  const memory = native.mmap(...call)
  if (call[3] >= 0) tellGuardOfListeners()
  return memory
}

/** The one ArrayBuffer over a mapping; `shared`: a SharedArrayBuffer, or -EOPNOTSUPP where this Node has none. */
export const mappedBuffer: (memory: Memory, shared: boolean) => ArrayBuffer | SharedArrayBuffer | number =
  native.mappedBuffer
/**
 * Closes a mapping: the object is released at once, the ArrayBuffer detached, and the addresses rest in quarantine.
 * Gives 1 if requests are in flight on this event loop, which may hold a view: the buffer then shows zeros until
 * `detachIdle`. A SharedArrayBuffer keeps the mapping until its last reference is gone.
 */
export const munmap: (memory: Memory, buffer: ArrayBuffer | SharedArrayBuffer | undefined) => number =
  native.munmap
/** Detaches the buffer of a closed mapping, or gives 1 while requests are in flight on this event loop. */
export const detachIdle: (buffer: ArrayBuffer) => number = native.detachIdle
/** LOST and WRITTEN; 0 for a closed mapping. */
export const memoryFlags: (memory: Memory) => number = native.memoryFlags
/** Its address, for a call on a waiting thread. */
export const memoryAddress: (memory: Memory) => number = native.memoryAddress
/** Throws away what was written to a read-only mapping, so that it shows the object again, and clears WRITTEN. */
export const discardWritten: (memory: Memory) => number = native.discardWritten
/** msync(2) of a part; `offset` a multiple of the page size. */
export const msync: (memory: Memory, offset: number, length: number, flags: number) => number = native.msync
/** madvise(2) of a part; `offset` a multiple of the page size. */
export const madvise: (memory: Memory, offset: number, length: number, advice: number) => number =
  native.madvise
/** mlock(2) of a part. */
export const mlock: (memory: Memory, offset: number, length: number) => number = native.mlock
/** munlock(2) of a part. */
export const munlock: (memory: Memory, offset: number, length: number) => number = native.munlock
/** memfd_create(2): a descriptor. */
export const memfd_create: (name: string, flags: number) => number = native.memfd_create

/** What rests in quarantine now, and how many ranges the guard's table holds: open and resting ones. */
export function quarantine(): { readonly ranges: number; readonly bytes: number; readonly slots: number } {
  const [ranges, bytes, slots] = native.quarantine()
  return { ranges, bytes, slots }
}

/** Unmaps what has rested for ten seconds; `later` ms are added to the clock, which only a test may do. */
export const quarantineDrain: (later: number) => void = native.quarantineDrain
