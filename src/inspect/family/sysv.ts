// System V queues, semaphore sets and segments, sysvipc(7): the kernel lists all of them, whoever may use them.
import { readFileSync } from 'node:fs'
import type { Attachment, IpcObject } from '../model.ts'
import { Pauses } from '../pause.ts'
import type { FoundRegion } from '../proc/region.ts'
import { listSysv, type SysvLine } from '../proc/sysvipc.ts'
import { type SleepingThread, sharesOurObjects, sleepingThreads } from '../proc/waiting.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { attachmentsOf, Holdings } from './holdings.ts'
import { field, Users } from './sysv-common.ts'
import { sysvMemory, sysvQueue, sysvSemaphores, type UsedObject } from './sysv-object.ts'

export class SysvFamily implements Family {
  /** By the segment's identifier, which is its inode's number, too. */
  readonly #segments = new Holdings()

  region(found: FoundRegion): boolean {
    if (!/^\/SYSV[0-9a-f]{8}$/.test(found.path)) return false
    this.#segments.of(found.inode).regions.push(found)
    return true
  }

  async finish(surroundings: Surroundings): Promise<Findings> {
    const queues = listSysv('msg')
    const sets = listSysv('sem')
    const users = new Users(surroundings.processes, bootSeconds())
    const asleep = queues.length + sets.length === 0 ? new Map() : await sleepers(surroundings)
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    const take = ({ object, uses }: UsedObject, held: readonly Attachment[]): void => {
      const inUse = held.length > 0 || ('attached' in object && object.attached > 0)
      objects.push({ ...object, orphan: inUse ? false : orphan(object, users.haveEnded(uses), surroundings) })
      attachments.push(...held, ...users.attachments(object, uses))
    }
    for (const line of queues) {
      const found = sysvQueue(line)
      take(found, waiting(found.object, asleep.get(`msg ${field(line, 'msqid')}`)))
    }
    for (const line of sets) {
      const found = sysvSemaphores(line)
      take(found, waiting(found.object, asleep.get(`sem ${field(line, 'semid')}`)))
    }
    for (const line of listSysv('shm')) {
      const found = sysvMemory(line)
      take(found, this.#attached(found.object, line))
    }
    return { objects, attachments }
  }

  /** Who has it attached. Elsewhere, in another IPC namespace, the same number is another segment. */
  #attached({ id }: IpcObject, line: SysvLine): Attachment[] {
    const { regions } = this.#segments.of(String(field(line, 'shmid')))
    const ours = regions.filter(({ pid }) => sharesOurObjects(pid))
    return attachmentsOf({ id, descriptors: [], regions: ours })
  }
}

/** A segment counts who is attached, a semaphore who waits; who waits at a queue shows only where we may look. */
function orphan(object: IpcObject, usersEnded: boolean | null, { hidden }: Surroundings): boolean | null {
  if (object.kind === 'sysv-sem' && object.semaphores?.some((one) => one.waiting + one.waitingForZero > 0)) {
    return false
  }
  const unknown = object.kind === 'sysv-mq' || (object.kind === 'sysv-sem' && object.semaphores === null)
  return usersEnded === true && hidden && unknown ? null : usersEnded
}

type Sleepers = ReadonlyMap<string, readonly SleepingThread[]>

/** Threads that wait at queues and semaphore sets: `msg 5`, `sem 7`. */
async function sleepers({ processes }: Surroundings): Promise<Sleepers> {
  const found = new Map<string, SleepingThread[]>()
  const pauses = new Pauses()
  for (const pid of processes.keys()) {
    await pauses.next()
    const asleep = sleepingThreads(pid)
    if (asleep.length === 0 || !sharesOurObjects(pid)) continue
    for (const one of asleep) {
      if (one.call.startsWith('mq_')) continue
      const at = `${one.call.startsWith('msg') ? 'msg' : 'sem'} ${one.argument}`
      found.set(at, [...(found.get(at) ?? []), one])
    }
  }
  return found
}

function waiting({ id }: IpcObject, asleep: readonly SleepingThread[] = []): Attachment[] {
  return asleep.map(({ pid, thread, call }): Attachment => {
    const role = call === 'msgrcv' ? 'reader' : call === 'msgsnd' ? 'writer' : 'both'
    return { object: id, pid, role, through: { by: 'waiting', call, thread } }
  })
}

/** When the system was started, in seconds after 1970. */
function bootSeconds(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0)
}
