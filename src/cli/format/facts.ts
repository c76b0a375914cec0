// What there is to say of one object, as names and values.
import type {
  ChannelState,
  IpcObject,
  PosixQueueObject,
  PosixSemaphoreObject,
  SysvMemoryObject,
  SysvQueueObject,
  SysvSemaphoresObject,
} from '../../inspect/model.ts'
import type { Names } from '../users.ts'
import { octal, plural, shown, size } from './text.ts'

export type Fact = readonly [name: string, value: string]

const UNKNOWN = 'unknown'
const DELETED: Fact = ['name', 'deleted: it ends with its last user']

export function objectFacts(object: IpcObject, names: Names): Fact[] {
  return [
    ['id', shown(object.id)],
    ...fact('address', object.address),
    ...fact('owner', object.owner && `${names.user(object.owner.uid)} (${object.owner.uid})`),
    ...fact('group', object.owner && `${names.group(object.owner.gid)} (${object.owner.gid})`),
    ...fact('mode', object.mode === null ? null : octal(object.mode)),
    ...ownFacts(object),
    ...('creator' in object ? sysvFacts(object, names) : []),
  ]
}

function ownFacts(object: IpcObject): Fact[] {
  switch (object.kind) {
    case 'pipe':
    case 'fifo':
      return [
        ['queued', bytesText(object.queued)],
        ['capacity', bytesText(object.capacity)],
        ...('deleted' in object && object.deleted ? [DELETED] : []),
      ]
    case 'eventfd':
      return [
        ['count', object.count],
        ['semaphore', object.semaphore === null ? UNKNOWN : object.semaphore ? 'yes' : 'no'],
      ]
    case 'memfd':
      return [
        ['size', bytesText(object.size)],
        ['seals', object.seals === null ? UNKNOWN : object.seals.join(', ') || 'none'],
        ...(object.channel === null ? [] : channelFacts(object.channel)),
      ]
    case 'posix-shm':
      return [['size', bytesText(object.size)], ...(object.deleted ? [DELETED] : [])]
    case 'mapping':
      return [['size', bytesText(object.size)], ...(object.deleted && object.path !== null ? [DELETED] : [])]
    case 'lock':
      return [['locks', `${object.locks.length - waiters(object)} held, ${waiters(object)} waited for`]]
    case 'unix':
    case 'tcp':
    case 'udp':
      return socketFacts(object)
    case 'posix-mq':
      return posixQueueFacts(object)
    case 'posix-sem':
      return posixSemaphoreFacts(object)
    case 'sysv-mq':
      return sysvQueueFacts(object)
    case 'sysv-sem':
      return sysvSemaphoreFacts(object)
    case 'sysv-shm':
      return sysvMemoryFacts(object)
  }
}

function channelFacts({ creator, capacity, rings }: ChannelState): Fact[] {
  return [
    ['channel', `made by process ${creator}; each direction holds ${bytesText(capacity)}`],
    ...rings.map((ring, which): Fact => {
      const { queued, sent, received, waits, sleeping, ended } = ring
      const who = [
        sleeping.producer && 'its producer waits for room',
        sleeping.consumer && 'its consumer sleeps',
      ]
      return [
        which === 0 ? 'from there' : 'back',
        [
          `${plural(sent.messages, 'message')} (${bytesText(sent.bytes)}) sent, ${received.messages} received, ${bytesText(queued)} queued`,
          `${waits.full} waits for room, ${waits.empty} for messages`,
          ...who.filter((text) => text !== false),
          ...(ended ? ['ended'] : []),
        ].join('; '),
      ]
    }),
  ]
}

function waiters({ locks }: Extract<IpcObject, { kind: 'lock' }>): number {
  return locks.filter(({ waiting }) => waiting).length
}

type SocketObject = Extract<IpcObject, { kind: 'unix' | 'tcp' | 'udp' }>

function socketFacts(object: SocketObject): Fact[] {
  const listens = object.state === 'listening'
  return [
    ...fact('type', object.kind === 'unix' ? object.type : null),
    ['state', object.state],
    ...fact('remote', object.kind === 'unix' ? null : object.remote),
    ...object.ends.map(({ inode, name, queued }): Fact => {
      const what = listens
        ? `${queued ?? UNKNOWN} waiting to be accepted`
        : `${bytesText(queued)} to be received`
      return [
        object.ends.length > 1 ? 'end' : 'socket',
        `${inode}${name === null ? '' : ` ${shown(name)}`}, ${what}`,
      ]
    }),
    ...fact('backlog', object.kind === 'unix' && object.backlog !== null ? `${object.backlog}` : null),
  ]
}

function posixQueueFacts(object: PosixQueueObject): Fact[] {
  return [
    ['messages', `${object.messages ?? UNKNOWN} of ${object.maxMessages ?? UNKNOWN}`],
    ['queued', bytesText(object.queued)],
    ['longest', bytesText(object.messageSize)],
    ...fact('notifies', object.notifies === null ? null : `process ${object.notifies}`),
    ...(object.deleted ? [DELETED] : []),
  ]
}

function posixSemaphoreFacts({ value, waiting, deleted }: PosixSemaphoreObject): Fact[] {
  return [
    ['value', `${value ?? UNKNOWN}`],
    ['waiting', `${waiting ?? UNKNOWN}`],
    ...(deleted ? [DELETED] : []),
  ]
}

function sysvQueueFacts(object: SysvQueueObject): Fact[] {
  return [
    ['messages', `${object.messages}`],
    ['queued', bytesText(object.queued)],
    ...fact('capacity', object.capacity === null ? null : bytesText(object.capacity)),
    ['sent', lastText(object.sentAt, object.lastSender)],
    ['received', lastText(object.receivedAt, object.lastReceiver)],
  ]
}

function sysvSemaphoreFacts({ count, semaphores, operatedAt }: SysvSemaphoresObject): Fact[] {
  const each = (semaphores ?? []).map(({ value, waiting, waitingForZero, lastPid }, index): Fact => {
    const parts = [
      `value ${value}`,
      ...(waiting > 0 ? [`${waiting} waiting`] : []),
      ...(waitingForZero > 0 ? [`${waitingForZero} waiting for zero`] : []),
      ...(lastPid === null ? [] : [`last changed by process ${lastPid}`]),
    ]
    return [`${index}`, parts.join(', ')]
  })
  return [
    ['semaphores', `${count}${semaphores === null ? ', whose values may not be asked' : ''}`],
    ...each,
    ['operated', operatedAt ?? 'never'],
  ]
}

function sysvMemoryFacts(object: SysvMemoryObject): Fact[] {
  return [
    ['size', bytesText(object.size)],
    ['attached', plural(object.attached, 'time')],
    ['attached at', object.attachedAt ?? 'never'],
    ['detached at', object.detachedAt ?? 'never'],
    ...fact('made by', object.creatorPid === null ? null : `process ${object.creatorPid}`),
    ...fact('last used by', object.lastPid === null ? null : `process ${object.lastPid}`),
    ...(object.locked ? [['locked', 'its pages stay in memory'] as const] : []),
    ...(object.deleted ? [['removed', 'it ends with its last user'] as const] : []),
  ]
}

type SysvObject = SysvQueueObject | SysvSemaphoresObject | SysvMemoryObject

function sysvFacts({ creator, changedAt, owner }: SysvObject, names: Names): Fact[] {
  const same = creator.uid === owner?.uid && creator.gid === owner.gid
  return [
    ...fact('creator', same ? null : `${names.user(creator.uid)}:${names.group(creator.gid)}`),
    ['changed', changedAt ?? 'never'],
  ]
}

function lastText(at: string | null, pid: number | null): string {
  return at === null ? 'never' : `${at}${pid === null ? '' : ` by process ${pid}`}`
}

function fact(name: string, value: string | null): Fact[] {
  return value === null ? [] : [[name, value]]
}

function bytesText(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  return `${plural(bytes, 'byte')}${bytes < 1024 ? '' : ` (${size(bytes)})`}`
}
