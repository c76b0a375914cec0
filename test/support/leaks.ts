// Every test leaves nothing: importing this file checks each test of a file for descriptors, children, and names.
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mq_unlink } from 'hutong/sys'
import { children, descriptors, prefix } from './process.ts'
import { removeSysvObjects, sysvObjects, uniqueKey } from './sysv.ts'

export { children, descriptors, prefix, uniqueKey }

const names: string[] = []

/** A fresh name for a kernel object, without a slash. */
export function uniqueName(): string {
  const name = `${prefix}-${names.length}`
  names.push(name)
  return name
}

let folder: string | undefined
after(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** A fresh path in a private folder that is removed when the test file ends. */
export async function uniquePath(): Promise<string> {
  folder ??= await mkdtemp(join(tmpdir(), `${prefix}-`))
  return join(folder, uniqueName())
}

function leftBehind(before: Map<string, string>): string[] {
  const left: string[] = []
  for (const [fd, target] of descriptors()) {
    // Node opens /dev/null for itself, late, when its own standard streams are files.
    if (before.get(fd) !== target && target !== '/dev/null') left.push(`descriptor ${fd} -> ${target}`)
  }
  for (const pid of children()) left.push(`child process ${pid}`)
  return [...left, ...leftNames(), ...sysvObjects().map(({ what }) => what)]
}

function leftNames(): string[] {
  return ['/dev/shm', '/dev/mqueue'].flatMap((folder) => {
    try {
      const ours = readdirSync(folder).filter((name) => name.includes(prefix))
      return ours.map((name) => `${folder}/${name}`)
    } catch {
      return [] // not mounted here
    }
  })
}

// So that nothing stays for good, also after a test that failed. Message queues have names also where nobody mounts /dev/mqueue.
function removeLeft(): string[] {
  for (const path of leftNames()) rmSync(path, { force: true })
  removeSysvObjects(sysvObjects())
  return names.filter((name) => mq_unlink(name) === 0).map((name) => `message queue /${name}`)
}

const cleanups: (() => unknown)[] = []

/** Runs `action` when the current test has ended, before it is checked for what it left behind; last in, first out. */
export function cleanUp(action: () => unknown): void {
  cleanups.push(action)
}

let before: Map<string, string>
beforeEach(() => {
  before = descriptors()
})

async function runCleanUps(): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const action of cleanups.splice(0).reverse()) {
    try {
      await action()
    } catch (error) {
      failures.push(error) // the others run all the same
    }
  }
  return failures
}

// What ends asynchronously (a child's handle, a stream) gets a moment; a real leak never goes away.
afterEach(async () => {
  const failures = await runCleanUps()
  let left = leftBehind(before)
  for (let wait = 1; left.length > 0 && wait <= 512; wait *= 2) {
    await sleep(wait)
    left = leftBehind(before)
  }
  left.push(...removeLeft())
  if (left.length > 0) failures.push(new Error(`the test left behind:\n  ${left.join('\n  ')}`))
  if (failures.length > 0)
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures}`)
})
