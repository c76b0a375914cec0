import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attachment, ObjectKind, Role } from 'hutong/inspect'
import { roleText } from '#src/cli/format/holder.ts'

type Through = Attachment['through']

const opened: Through = { by: 'descriptor', fd: 3, blocking: true }
const mapped: Through = { by: 'mapping', address: '1000', length: 4096, offset: 0, shared: true }
const lock: Through = {
  by: 'lock',
  type: 'flock',
  shared: false,
  start: 0,
  end: null,
  waiting: false,
  fd: 3,
}

function text(kind: ObjectKind, ...held: [role: Role, through: Through][]): string {
  return roleText(
    held.map(([role, through]) => ({ object: 'x', pid: 1, role, through })),
    kind,
  )
}

test('how a process holds an object, waits on it or has used it, in a few words', () => {
  const waiting = (call: string, thread: number): Through => ({ by: 'waiting', call, thread })
  const last = (as: 'sender' | 'receiver' | 'operator' | 'creator' | 'user'): Through => ({
    by: 'last use',
    as,
  })
  assert.equal(
    text('posix-mq', ['reader', opened], ['reader', waiting('mq_timedreceive', 1)]),
    'reader+receiving',
  )
  assert.equal(text('posix-mq', ['both', opened]), 'reader+writer')
  assert.equal(
    text('sysv-mq', ['writer', waiting('msgsnd', 1)], ['writer', last('sender')]),
    'sending+last sender',
  )
  assert.equal(
    text('sysv-mq', ['writer', last('sender')], ['reader', last('receiver')]),
    'last sender+receiver',
  )
  assert.equal(
    text('sysv-sem', ['both', waiting('semtimedop', 1)], ['both', waiting('semtimedop', 2)]),
    'waiting x2',
  )
  assert.equal(text('sysv-shm', ['both', mapped], ['none', last('user')]), 'mapped rw+last user')
  assert.equal(text('posix-sem', ['both', mapped]), 'mapped rw')
  assert.equal(text('lock', ['none', lock]), 'exclusive')
  assert.equal(text('lock', ['none', { ...lock, shared: true, waiting: true }]), 'waits for shared')
})
