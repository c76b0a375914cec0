// hutong's queues on the event loop: each message is awaited.
import { PosixQueue, SysvQueue } from 'hutong'
import { type Plan, speaksFirst } from '../plan.ts'
import { type AsyncLink, runAsync } from './roles.ts'

interface Queue {
  send(data: Uint8Array): Promise<void>
  receiveInto(target: Uint8Array): Promise<{ readonly length: number }>
  close(): void
}

function openBoth(plan: Plan): readonly [incoming: Queue, outgoing: Queue] {
  const names = plan.extra.split(',')
  const [outgoing = '', incoming = ''] = speaksFirst(plan) ? names : names.toReversed()
  return plan.mechanism === 'posix-mq'
    ? [PosixQueue.open(incoming, { access: 'read' }), PosixQueue.open(outgoing, { access: 'write' })]
    : [SysvQueue.from(Number(incoming)), SysvQueue.from(Number(outgoing))]
}

function open(plan: Plan): AsyncLink {
  const [incoming, outgoing] = openBoth(plan)
  const target = new Uint8Array(plan.size)
  const message = new Uint8Array(plan.size)
  const number = new Uint32Array(message.buffer, 0, 1) // which a blocking peer checks
  return {
    async send(count) {
      for (let i = 0; i < count; i++) {
        number[0] = i
        await outgoing.send(message)
      }
    },
    async receive(bytes) {
      for (let left = bytes; left > 0; ) left -= (await incoming.receiveInto(target)).length
    },
    async call(count) {
      for (let i = 0; i < count; i++) {
        number[0] = i
        await outgoing.send(message)
        await incoming.receiveInto(target)
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        await incoming.receiveInto(target)
        await outgoing.send(target)
      }
    },
    close() {
      incoming.close()
      outgoing.close()
    },
  }
}

await runAsync(open)
