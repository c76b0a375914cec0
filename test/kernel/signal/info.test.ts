// What came with a signal that no listener may take: read from the kernel's own bytes, which a C program hands on.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, test } from 'node:test'
import { decodeInfo, FROM_SIGNALFD, FROM_SIGWAIT } from '#src/kernel/signal/info.ts'
import { compile } from '../../support/compile.ts'

const RECORD = 128
let records: DataView[]

before(() => {
  const bytes = execFileSync(compile('signal/raw-info.c'))
  assert.equal(bytes.length, 6 * RECORD)
  records = Array.from(
    { length: 6 },
    (_, index) => new DataView(bytes.buffer, bytes.byteOffset + index * RECORD, RECORD),
  )
})

const record = (index: number): DataView => records[index] ?? assert.fail()

test('a child that ended, by signalfd: its pid, its user, its status', () => {
  const { pid = 0, ...info } = decodeInfo(record(0), FROM_SIGNALFD)
  assert.ok(pid > 0)
  const head = { signal: 'SIGCHLD', number: 17, source: 'child', code: 'CLD_EXITED' }
  assert.deepEqual(info, { ...head, uid: process.getuid?.(), status: 3 })
})

test('a child that is stopped, goes on, and is killed: the signal that did it', () => {
  const infos = [1, 2, 3].map((index) => decodeInfo(record(index), FROM_SIGWAIT))
  assert.deepEqual(
    infos.map(({ source, code, status }) => [source, code, status]),
    [
      ['child', 'CLD_STOPPED', 19],
      ['child', 'CLD_CONTINUED', 18],
      ['child', 'CLD_KILLED', 9],
    ],
  )
  const [one, two, three] = infos.map(({ pid }) => pid)
  assert.ok(one !== undefined && one === two && two === three)
})

test('a fault: where', () => {
  const address = record(4).getBigUint64(0, true)
  const { signal, source, address: told } = decodeInfo(record(5), FROM_SIGWAIT)
  assert.deepEqual([signal, source, told], ['SIGSEGV', 'kernel', address])
})
