// The npm package svmq: each push and each pop is a task of the thread pool, which tells a callback.
import { load } from '../../rivals.ts'
import { type Plan, speaksFirst } from '../plan.ts'
import { type AsyncLink, runAsync } from './roles.ts'

/** The part of its inside that push and pop are made of: its public functions take keys, and the queues here have none. */
interface Msg {
  snd(id: number, data: Buffer, type: number, flags: number, done: (error: unknown) => void): void
  rcv(
    id: number,
    size: number,
    type: number,
    flags: number,
    done: (error: unknown, data: Buffer) => void,
  ): void
}

const { msg } = load<{ readonly msg: Msg }>('svmq')

function send(id: number, message: Buffer, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    const next = (): void => {
      if (sent++ === count) resolve()
      else msg.snd(id, message, 1, 0, (error) => (error ? reject(error) : next()))
    }
    next()
  })
}

/** Takes messages until `take`, given the length of each, says that it was the last. */
function receive(id: number, size: number, take: (length: number) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void =>
      msg.rcv(id, size, 0, 0, (error, data) => {
        if (error) reject(error)
        else if (take(data.length)) resolve()
        else next()
      })
    next()
  })
}

function open(plan: Plan): AsyncLink {
  const ids = plan.extra.split(',').map(Number)
  const [outgoing = -1, incoming = -1] = speaksFirst(plan) ? ids : ids.toReversed()
  const message = Buffer.alloc(plan.size)
  const one = (): boolean => true
  return {
    send: (count) => send(outgoing, message, count),
    receive(bytes) {
      let left = bytes
      return receive(incoming, plan.size, (length) => {
        left -= length
        return left <= 0
      })
    },
    async call(count) {
      for (let i = 0; i < count; i++) {
        await send(outgoing, message, 1)
        await receive(incoming, plan.size, one)
      }
    },
    async answer(count) {
      for (let i = 0; i < count; i++) {
        await receive(incoming, plan.size, one)
        await send(outgoing, message, 1)
      }
    },
    close() {},
  }
}

await runAsync(open)
