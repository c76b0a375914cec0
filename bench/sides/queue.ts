// One side of a trial over two message queues, one for each direction. The same as bench/c/queue.c.
import { PosixQueue, SysvQueue } from 'hutong'
import { type Plan, speaksFirst, takePlan } from './plan.ts'
import { type Link, runRole } from './roles.ts'

/** What both kinds of queue have. */
interface Queue {
  sendSync(data: Uint8Array): void
  receiveIntoSync(target: Uint8Array): { readonly length: number }
}

function linkOf(incoming: Queue, outgoing: Queue): Link {
  return {
    send({ bytes }) {
      outgoing.sendSync(bytes)
    },
    receive({ bytes }) {
      const { length } = incoming.receiveIntoSync(bytes)
      if (length !== bytes.length) throw new Error(`a message of ${length} bytes came`)
    },
  }
}

function open(plan: Plan): Link {
  const names = plan.extra.split(',')
  const [outgoing = '', incoming = ''] = speaksFirst(plan) ? names : names.toReversed()
  if (plan.mechanism === 'posix-mq') {
    return linkOf(
      PosixQueue.open(incoming, { access: 'read' }),
      PosixQueue.open(outgoing, { access: 'write' }),
    )
  }
  const link = linkOf(SysvQueue.from(Number(incoming)), SysvQueue.from(Number(outgoing)))
  return { ...link, memory: (size) => SysvQueue.memory(size) } // with room for the type, as in C
}

const plan = takePlan()
runRole(plan, open(plan))
