// System V queues that go with their test, and what is in them.
import { type CreateSysvQueueOptions, type SysvMessage, SysvQueue } from 'hutong'
import { cleanUp, uniqueKey } from './leaks.ts'

/** A queue that is removed with the test, if it is still there. */
export function freshQueue(options: CreateSysvQueueOptions = {}): SysvQueue {
  const queue = SysvQueue.create(uniqueKey(), options)
  cleanUp(() => {
    if (SysvQueue.list().some(({ id }) => id === queue.id)) SysvQueue.from(queue.id).remove()
  })
  return queue
}

/** The text of a message. */
export function textOf(message: SysvMessage | undefined): string | undefined {
  return message && Buffer.from(message.data).toString()
}

/** Its type and text. */
export function said(message: SysvMessage | undefined): string {
  return message === undefined ? 'nothing' : `${message.type} ${textOf(message)}`
}

/** Sends messages written as `type text`. */
export function fill(queue: SysvQueue, ...messages: string[]): void {
  for (const message of messages) {
    const [type = '', text = ''] = message.split(' ')
    queue.sendSync(text, { type: Number(type) })
  }
}
