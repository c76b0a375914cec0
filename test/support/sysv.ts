// What this test process has made of System V objects, and what of it is still there. /proc/sysvipc says nothing about who made
// an object, so it is known by its key (`uniqueKey`), or because the public classes said so when they made it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as hutong from 'hutong'

interface Family {
  /** Its file under /proc/sysvipc. */
  readonly file: string
  /** ipcrm's option. */
  readonly option: string
  readonly className: string
}

const FAMILIES: readonly Family[] = [
  { file: 'msg', option: '-q', className: 'SysvQueue' },
  { file: 'sem', option: '-s', className: 'SysvSemaphores' },
  { file: 'shm', option: '-m', className: 'SysvMemory' },
]
const KEYS = 1024 // a process id has 22 bits, a key 32
const made = new Map<Family, Set<number>>(FAMILIES.map((family) => [family, new Set()]))
let keys = 0

/** A key that no other test process uses. Objects that have it count as this file's, whoever makes them. */
export function uniqueKey(): number {
  if (keys === KEYS) throw new Error(`a test file has ${KEYS} keys`)
  return process.pid * KEYS + keys++
}

interface Made {
  readonly id: number
  readonly created: boolean
}

// Notes what a class makes, also without a key of ours.
function watch(family: Family): void {
  const target = (hutong as unknown as Record<string, Record<string, unknown> | undefined>)[family.className]
  if (target === undefined) return
  for (const name of ['create', 'openOrCreate', 'createPrivate']) {
    const original = target[name] as (...given: unknown[]) => Made | Promise<Made>
    const note = (object: Made): void => {
      if (object.created) made.get(family)?.add(object.id)
    }
    target[name] = function (this: unknown, ...given: unknown[]) {
      const object = original.apply(this, given)
      if (object instanceof Promise) object.then(note, () => {})
      else note(object)
      return object
    }
  }
}
for (const family of FAMILIES) watch(family)

/** A System V object that is still there. */
export interface LeftObject {
  readonly option: string
  readonly id: number
  readonly what: string
}

/** What this process has made and nobody has removed. */
export function sysvObjects(): LeftObject[] {
  return FAMILIES.flatMap((family) => {
    const ids = made.get(family) ?? new Set()
    return table(family.file)
      .filter(([key, id]) => Math.floor(key / KEYS) === process.pid || ids.has(id))
      .map(([key, id]) => ({
        option: family.option,
        id,
        what: `/proc/sysvipc/${family.file}: id ${id}, key 0x${key.toString(16)}`,
      }))
  })
}

/** Removes them. */
export function removeSysvObjects(objects: readonly LeftObject[]): void {
  for (const { option, id } of objects) {
    try {
      execFileSync('ipcrm', [option, String(id)], { stdio: 'ignore' })
    } catch {
      // gone by now
    }
  }
}

/** Key, unsigned, and id of all there are. */
function table(file: string): [key: number, id: number][] {
  let text: string
  try {
    text = readFileSync(`/proc/sysvipc/${file}`, 'utf8')
  } catch {
    return [] // a kernel without it
  }
  const lines = text.split('\n').slice(1, -1)
  return lines.map((line) => {
    const [key = '', id = ''] = line.trim().split(/\s+/)
    return [Number(key) >>> 0, Number(id)]
  })
}
