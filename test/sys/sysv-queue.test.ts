// The system calls of message queues, below the class.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, msgctl, msgget, msgrcv, msgsnd, receivedText, receivedType } from 'hutong/sys'
import { native } from '#src/sys/addon.ts'
import { messageMemory } from '#src/sys/sysv-queue.ts'
import '../support/leaks.ts'
import { cleanUp, uniqueKey } from '../support/leaks.ts'

const { IPC_CREAT, IPC_NOWAIT, IPC_RMID, IPC_STAT } = constants

function fresh(): number {
  const id = msgget(uniqueKey(), IPC_CREAT | 0o600)
  assert.ok(id >= 0)
  cleanUp(() => msgctl(id, IPC_RMID))
  return id
}

test('msgsnd and msgrcv move a message and give -errno', () => {
  const id = fresh()
  assert.equal(msgsnd(id, new Uint8Array([1, 2, 3]), 7, 0, -1), 0)
  assert.equal(msgrcv(id, 100, 0, 0, -1), 3)
  assert.deepEqual([receivedType(), [...receivedText(3)]], [7, [1, 2, 3]])
  assert.equal(msgrcv(id, 100, 0, IPC_NOWAIT, -1), -42) // ENOMSG
  assert.equal(msgrcv(id, 100, 0, 0, 1), -110) // ETIMEDOUT
  assert.equal(msgsnd(-1, new Uint8Array(1), 1, 0, -1), -22) // EINVAL
})

test('a block that lies in the heap does the same, for runtimes that allow no memory outside', () => {
  const id = fresh()
  const memory = messageMemory(16)
  const address = native.messageAddress(memory.buffer as ArrayBuffer)
  memory.set([5, 6, 7])
  const block = new Float64Array([id, 0, -1, 3, 2 ** 53 - 1, address, 99])
  native.messageSendFrom(block)
  assert.equal(block[6], 0)
  memory.fill(0)
  native.messageReceiveFrom(block.fill(16, 3, 4).fill(0, 4, 5))
  assert.deepEqual([block[6], block[4], [...memory.subarray(0, 4)]], [3, 2 ** 53 - 1, [5, 6, 7, 0]])
  assert.throws(() => native.messageSendFrom(new Float64Array(6)), /^TypeError: block must be seven doubles/)
  assert.throws(() => native.messageReceiveFrom('' as unknown as Float64Array), /^TypeError: block must be/)
})

test('msgctl never lets the kernel write past the buffer it is given', () => {
  const id = fresh()
  assert.throws(() => msgctl(id, IPC_STAT, new Uint8Array(119)), { name: 'RangeError', message: /120 bytes/ })
  assert.equal(msgctl(id, IPC_STAT, new Uint8Array(120)), 0)
  assert.equal(msgctl(id, IPC_STAT), -14) // EFAULT
  assert.throws(() => msgctl(id, IPC_STAT, 'x' as unknown as Uint8Array), TypeError)
})
