// Every test leaves nothing: importing this file checks each test of a file for descriptors, children, and names.
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { children, descriptors, prefix } from './process.ts'

export { children, descriptors, prefix }

let names = 0

/** A fresh name for a kernel object, without a slash. */
export function uniqueName(): string {
  return `${prefix}-${names++}`
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
  for (const folder of ['/dev/shm', '/dev/mqueue']) {
    try {
      for (const name of readdirSync(folder)) if (name.includes(prefix)) left.push(`${folder}/${name}`)
    } catch {
      // not mounted here
    }
  }
  return left
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

// What ends asynchronously (a child's handle, a stream) gets a moment; a real leak never goes away.
afterEach(async () => {
  for (const action of cleanups.splice(0).reverse()) await action()
  let left = leftBehind(before)
  for (let wait = 1; left.length > 0 && wait <= 512; wait *= 2) {
    await sleep(wait)
    left = leftBehind(before)
  }
  if (left.length > 0) throw new Error(`the test left behind:\n  ${left.join('\n  ')}`)
})
