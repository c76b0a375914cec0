import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attachment, Host, IpcObject, Role } from 'hutong/inspect'
import { type Selection, select } from '#src/cli/selection.ts'

const common = { address: null, owner: null, mode: null }
const objects: IpcObject[] = [
  { ...common, kind: 'pipe', id: 'pipe:[1]', name: 'between', capacity: 1, queued: 0 },
  { ...common, kind: 'pipe', id: 'pipe:[2]', name: 'self-pipe', capacity: 1, queued: 0 },
  { ...common, kind: 'pipe', id: 'pipe:[3]', name: 'half', capacity: 1, queued: 0 },
  { ...common, kind: 'eventfd', id: 'eventfd:[1]', name: 'own', count: '0', semaphore: null },
  { ...common, kind: 'eventfd', id: 'eventfd:[2]', name: 'shared', count: '0', semaphore: null },
  {
    ...common,
    kind: 'memfd',
    channel: null,
    id: 'memfd:[1]',
    name: 'program',
    size: 1,
    deleted: true,
    seals: null,
  },
  { ...common, kind: 'mapping', id: 'mapping:[1]', name: '/cache', path: '/cache', size: 1, deleted: false },
  { ...common, kind: 'mapping', id: 'mapping:[2]', name: '/table', path: '/table', size: 1, deleted: false },
  { ...common, kind: 'posix-shm', id: 'posix-shm:/a', name: '/a', size: 1, deleted: false, orphan: true },
  { ...common, kind: 'posix-shm', id: 'posix-shm:/b', name: '/b', size: 1, deleted: false, orphan: null },
  { ...common, kind: 'posix-shm', id: 'posix-shm:/c', name: '/c', size: 1, deleted: false, orphan: false },
]

const LOCK = { type: 'flock', shared: false, start: 0, end: null } as const

/** A file, and who holds the lock on it and waits for it. */
function lock(name: string, ...waiting: boolean[]): IpcObject {
  const locks = waiting.map((waits, index) => ({ ...LOCK, waiting: waits, pid: index + 1 }))
  return { ...common, kind: 'lock', id: `lock:[${name}]`, name, path: name, locks }
}

function open(object: string, pid: number, role: Role): Attachment {
  return { object, pid, role, through: { by: 'descriptor', fd: 3, blocking: true } }
}

function mapped(object: string, pid: number, role: Role, shared = true): Attachment {
  return { object, pid, role, through: { by: 'mapping', address: '1000', length: 4096, offset: 0, shared } }
}

const host: Host = {
  name: 'here',
  kernel: '6.1',
  at: '2026-01-01T00:00:00.000Z',
  processes: [1, 2, 3].map((pid) => ({
    pid,
    parent: 0,
    startTime: 0,
    command: 'p',
    args: [],
    uid: 0,
    state: 'S',
  })),
  objects,
  attachments: [
    open('pipe:[1]', 1, 'reader'),
    open('pipe:[1]', 2, 'writer'),
    open('pipe:[2]', 1, 'reader'),
    open('pipe:[2]', 1, 'writer'),
    open('pipe:[3]', 1, 'reader'),
    open('eventfd:[1]', 1, 'both'),
    open('eventfd:[2]', 1, 'both'),
    open('eventfd:[2]', 2, 'both'),
    mapped('memfd:[1]', 1, 'reader', false),
    mapped('memfd:[1]', 2, 'reader', false),
    mapped('mapping:[1]', 1, 'reader'),
    mapped('mapping:[1]', 2, 'reader'),
    mapped('mapping:[2]', 3, 'both'),
    mapped('posix-shm:/c', 3, 'both'),
  ],
  unseen: { processes: [], objects: 0, unlisted: [] },
}

function names(selection: Partial<Selection>): string[] {
  const chosen = select(host, { kinds: [], pids: [], orphans: false, all: false, ...selection })
  return chosen.host.objects.map(({ name }) => name)
}

test('what joins nobody is left out: self-pipes, own eventfds, running memfds, caches; half a pipe is not', () => {
  assert.deepEqual(names({}), ['between', 'half', 'shared', '/table', '/a', '/b', '/c'])
  assert.equal(select(host, { kinds: [], pids: [], orphans: false, all: false }).leftOut, 4)
  assert.equal(names({ all: true }).length, objects.length)
})

test('kinds, processes and orphans narrow it down together', () => {
  assert.deepEqual(names({ kinds: ['pipe', 'eventfd'] }), ['between', 'half', 'shared'])
  assert.deepEqual(names({ pids: [2, 3] }), ['between', 'shared', '/table', '/c'])
  assert.deepEqual(names({ orphans: true }), ['/a', '/b'])
  assert.deepEqual(names({ pids: [3], kinds: ['mapping'] }), ['/table'])
})

test('a lock that one process holds and nobody waits for joins nobody', () => {
  const locks = [lock('/alone', false), lock('/awaited', false, true), lock('/handed-on', false)]
  const held = (object: string, pid: number, waiting: boolean): Attachment => {
    return { object, pid, role: 'none', through: { by: 'lock', ...LOCK, waiting, fd: 3 } }
  }
  const attachments = [
    held('lock:[/alone]', 1, false),
    held('lock:[/awaited]', 1, false),
    held('lock:[/handed-on]', 1, false),
    held('lock:[/handed-on]', 2, false),
  ]
  const wanted = { kinds: [], pids: [], orphans: false, all: false }
  const chosen = select({ ...host, objects: locks, attachments }, wanted)
  assert.deepEqual(
    chosen.host.objects.map(({ name }) => name),
    ['/awaited', '/handed-on'],
  )
  assert.equal(chosen.leftOut, 1)
})

test('only the attachments and processes of what is left remain', () => {
  const { host: part } = select(host, { kinds: ['mapping'], pids: [3], orphans: false, all: true })
  assert.deepEqual(
    part.attachments.map(({ object, pid }) => [object, pid]),
    [['mapping:[2]', 3]],
  )
  assert.deepEqual(
    part.processes.map(({ pid }) => pid),
    [3],
  )
})
