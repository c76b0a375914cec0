// Every test leaves nothing: importing this file checks each test of a file for descriptors, children, and names.
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

/** Part of every name this test process creates, so that what is left behind can be told from others' objects. */
export const prefix: string = `hutong-test-${process.pid}`
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

/** Open descriptors of this process, as `number -> what it refers to`. */
export function descriptors(): Map<string, string> {
  const open = new Map<string, string>()
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      open.set(fd, readlinkSync(`/proc/self/fd/${fd}`))
    } catch {
      // the one that readdir itself had open
    }
  }
  return open
}

/** Pids of this process's children, zombies included. */
export function children(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
    } catch {
      return [] // the thread has ended meanwhile
    }
  })
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
