// Asking an object that another process has open, through a descriptor of the same open file description. Opening
// /proc/PID/fd/N instead would add a reader to a pipe: the last real reader could then leave without EPIPE for the writer.
import { fstatSync } from 'node:fs'
import { close } from '../sys/file.ts'
import { pidfd_getfd, pidfd_open } from '../sys/pidfd.ts'
import type { FoundDescriptor } from './proc/descriptor.ts'

/** Borrows descriptors with pidfd_getfd(2), each for one question. */
export class Peek {
  /** Whether anything may be asked. */
  readonly allowed: boolean
  /** The process asked last, as objects mostly come process by process. */
  #process: { readonly pid: number; readonly pidfd: number } | undefined
  /** Objects that could not be asked. */
  refused = 0

  constructor(allowed: boolean) {
    this.allowed = allowed
  }

  /** The first answer that one of an object's holders allows; undefined, and counted, if none does. */
  ask<T>(holders: readonly FoundDescriptor[], question: (fd: number) => T | undefined): T | undefined {
    for (const holder of this.allowed ? holders : []) {
      const answer = this.#askOne(holder, question)
      if (answer !== undefined) return answer
    }
    this.refused++
    return undefined
  }

  [Symbol.dispose](): void {
    this.#letGo()
  }

  #letGo(): void {
    if (this.#process !== undefined && this.#process.pidfd >= 0) close(this.#process.pidfd)
    this.#process = undefined
  }

  #askOne<T>(holder: FoundDescriptor, question: (fd: number) => T | undefined): T | undefined {
    const wanted = holder.stat()
    const pidfd = this.#open(holder.pid)
    if (wanted === undefined || pidfd < 0) return undefined
    const fd = pidfd_getfd(pidfd, holder.fd, 0)
    if (fd < 0) return undefined
    try {
      // The number may belong to something else by now.
      const got = fstatSync(fd, { bigint: true })
      return got.ino === wanted.ino && got.dev === wanted.dev ? question(fd) : undefined
    } finally {
      close(fd)
    }
  }

  #open(pid: number): number {
    if (this.#process?.pid !== pid) {
      this.#letGo()
      this.#process = { pid, pidfd: pidfd_open(pid, 0) }
    }
    return this.#process?.pidfd ?? -1
  }
}
