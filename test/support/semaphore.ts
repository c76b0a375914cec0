// Semaphores of a test: their names, their C peer, and waiting until somebody waits.
import { rmSync } from 'node:fs'
import { PosixSemaphore } from 'hutong'
import { type Child, start } from './child.ts'
import { compile } from './compile.ts'
import { cleanUp, uniqueName } from './leaks.ts'

/** A fresh name, whose semaphore is removed when the test has ended. */
export function semaphoreName(): string {
  const name = `/${uniqueName()}`
  cleanUp(() => rmSync(`/dev/shm/sem.${name.slice(1)}`, { force: true }))
  return name
}

/** A fresh semaphore, closed and removed when the test has ended. */
export function freshSemaphore(value = 0): PosixSemaphore {
  const semaphore = PosixSemaphore.create(semaphoreName(), { value })
  cleanUp(() => semaphore.close())
  return semaphore
}

/** The name of a named one. */
export function nameOf({ name }: PosixSemaphore): string {
  if (name === undefined) throw new Error('this semaphore has no name')
  return name
}

/** Starts the C peer. */
export function semaphorePeer(...args: readonly (string | number)[]): Child {
  return start(compile('semaphore/peer.c', '-pthread'), args.map(String))
}

/** Resolves when `count` wait for it. */
export async function untilWaiting(semaphore: PosixSemaphore, count = 1): Promise<void> {
  while (semaphore.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}
