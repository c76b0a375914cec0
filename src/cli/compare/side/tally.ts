// Counting bytes and system calls of this process: the kernel's count, and ours of what it leaves out.
import { closeSync, openSync, readSync } from 'node:fs'
import type { Counts } from '../model.ts'

/** The fields of /proc/PID/io that matter here; see proc_pid_io(5). */
export interface IoCounters {
  readonly rchar: number
  readonly wchar: number
  readonly syscr: number
  readonly syscw: number
}

/** Reads the text of /proc/PID/io. */
export function parseIo(text: string): IoCounters {
  const field = (name: string): number => {
    const found = new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]
    if (found === undefined) throw new Error(`/proc/self/io has no ${name}`)
    return Number(found)
  }
  return { rchar: field('rchar'), wchar: field('wchar'), syscr: field('syscr'), syscw: field('syscw') }
}

/**
 * Counts between `start` and `stop`. /proc/PID/io counts read(2), write(2) and their kin, whatever they return. It knows nothing
 * of splice(2), vmsplice(2), poll(2), futex(2) or of bytes that JavaScript copies: those are told with `call`,
 * `copied` and `passed`.
 */
export class Tally {
  readonly #io: number | undefined
  readonly #text = new Uint8Array(512)
  #calls: Record<string, number> = {}
  #copied = 0
  #passed = 0
  #before: IoCounters | undefined

  /** Where the kernel does not count (without CONFIG_TASK_IO_ACCOUNTING, in some sandboxes) there is nothing to tell. */
  constructor(path = '/proc/self/io') {
    try {
      this.#io = openSync(path, 'r')
    } catch {
      this.#io = undefined
    }
  }

  /** A system call that /proc/PID/io leaves out. */
  call(name: string): void {
    this.#calls[name] = (this.#calls[name] ?? 0) + 1
  }

  /** Bytes that were copied otherwise than by read(2) and write(2). */
  copied(bytes: number): void {
    this.#copied += bytes
  }

  /** Bytes that changed hands without a copy. */
  passed(bytes: number): void {
    this.#passed += bytes
  }

  start(): void {
    this.#calls = {}
    this.#copied = 0
    this.#passed = 0
    if (this.#io === undefined) return
    const { length, counters } = this.#look(this.#io)
    // This look itself is in the next one's count.
    this.#before = { ...counters, rchar: counters.rchar + length, syscr: counters.syscr + 1 }
  }

  /** What happened since `start`; null where the kernel does not count. */
  stop(): Counts | null {
    const before = this.#before
    if (this.#io === undefined || before === undefined) return null
    const { counters: after } = this.#look(this.#io)
    return {
      read: after.rchar - before.rchar,
      written: after.wchar - before.wchar,
      copiedOtherwise: this.#copied,
      passed: this.#passed,
      calls: {
        read: after.syscr - before.syscr,
        write: after.syscw - before.syscw,
        ...this.#calls,
      },
    }
  }

  close(): void {
    if (this.#io !== undefined) closeSync(this.#io)
  }

  #look(io: number): { readonly length: number; readonly counters: IoCounters } {
    const length = readSync(io, this.#text, 0, this.#text.length, 0)
    return { length, counters: parseIo(Buffer.from(this.#text.buffer, 0, length).toString('latin1')) }
  }
}

/** The counts of several processes or passes together; null if one of them is. */
export function sum(all: readonly (Counts | null)[]): Counts | null {
  const known = all.filter((one) => one !== null)
  return known.length < all.length ? null : sumOf(known)
}

function sumOf(all: readonly Counts[]): Counts {
  const calls: Record<string, number> = {}
  for (const one of all) {
    for (const [name, count] of Object.entries(one.calls)) calls[name] = (calls[name] ?? 0) + count
  }
  const total = (pick: (counts: Counts) => number): number => all.reduce((sum, one) => sum + pick(one), 0)
  return {
    read: total((one) => one.read),
    written: total((one) => one.written),
    copiedOtherwise: total((one) => one.copiedOtherwise),
    passed: total((one) => one.passed),
    calls,
  }
}

/** How many system calls these are. */
export function callCount(counts: Counts): number {
  return Object.values(counts.calls).reduce((sum, count) => sum + count, 0)
}
