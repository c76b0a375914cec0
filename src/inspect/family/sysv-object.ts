// What is told of each System V object.
import type { SysvMemoryObject, SysvQueueObject, SysvSemaphoresObject } from '../model.ts'
import type { SysvLine } from '../proc/sysvipc.ts'
import { queueCapacity, semaphoreStates } from './sysv-ask.ts'
import { common, field, remembered, time, type Use } from './sysv-common.ts'

/** An object, and who it remembers. */
export interface UsedObject {
  readonly object: SysvQueueObject | SysvSemaphoresObject | SysvMemoryObject
  readonly uses: readonly Use[]
}

// Bits of a segment's mode, linux/shm.h.
const SHM_DEST = 0o1000
const SHM_LOCKED = 0o2000

export function sysvQueue(line: SysvLine): UsedObject {
  const lastSender = remembered(field(line, 'lspid'))
  const lastReceiver = remembered(field(line, 'lrpid'))
  const sentAt = time(field(line, 'stime'))
  const receivedAt = time(field(line, 'rtime'))
  return {
    object: {
      kind: 'sysv-mq',
      ...common('sysv-mq', field(line, 'msqid'), line),
      messages: field(line, 'qnum'),
      queued: field(line, 'cbytes'),
      capacity: queueCapacity(field(line, 'msqid')),
      lastSender,
      lastReceiver,
      sentAt,
      receivedAt,
      orphan: null,
    },
    uses: [
      { pid: lastSender, as: 'sender', role: 'writer', at: sentAt },
      { pid: lastReceiver, as: 'receiver', role: 'reader', at: receivedAt },
    ],
  }
}

export function sysvSemaphores(line: SysvLine): UsedObject {
  const operatedAt = time(field(line, 'otime'))
  const [identifier, count] = [field(line, 'semid'), field(line, 'nsems')]
  const semaphores = semaphoreStates(identifier, count)
  const object: SysvSemaphoresObject = {
    kind: 'sysv-sem',
    ...common('sysv-sem', identifier, line),
    count,
    semaphores,
    operatedAt,
    orphan: null,
  }
  // When each was changed is not known; that none was later is.
  const at =
    [object.changedAt, operatedAt]
      .filter((one) => one !== null)
      .sort()
      .at(-1) ?? null
  const pids = new Set(semaphores?.map(({ lastPid }) => lastPid))
  return { object, uses: [...pids].map((pid) => ({ pid, as: 'operator', role: 'both', at })) }
}

export function sysvMemory(line: SysvLine): UsedObject {
  const creatorPid = remembered(field(line, 'cpid'))
  const lastPid = remembered(field(line, 'lpid'))
  const [attachedAt, detachedAt] = [time(field(line, 'atime')), time(field(line, 'dtime'))]
  const object: SysvMemoryObject = {
    kind: 'sysv-shm',
    ...common('sysv-shm', field(line, 'shmid'), line),
    size: field(line, 'size'),
    deleted: (field(line, 'perms') & SHM_DEST) !== 0,
    attached: field(line, 'nattch'),
    creatorPid,
    lastPid,
    attachedAt,
    detachedAt,
    locked: (field(line, 'perms') & SHM_LOCKED) !== 0,
    orphan: null,
  }
  const used = [attachedAt, detachedAt].filter((at) => at !== null).sort()
  return {
    object,
    uses: [
      { pid: creatorPid, as: 'creator', role: 'none', at: object.changedAt },
      { pid: lastPid, as: 'user', role: 'none', at: used.at(-1) ?? null },
    ],
  }
}
