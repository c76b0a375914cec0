// What recv takes from a queue, or a socket that carries packets.
import { SysError } from '../sys/error.ts'
import { DONE, FAILED } from './exit.ts'
import { formatMessage, type MessageForm } from './format/message.ts'
import { plural } from './format/text.ts'
import type { Io } from './io.ts'
import type { QueueMessage, QueueSource } from './lane/queue.ts'
import { budget, inTime } from './lane/wait.ts'

/** What recv was asked for. */
export interface Wanted {
  readonly form: MessageForm
  /** So many messages; undefined: one. */
  readonly count: number | undefined
  /** All there will be. */
  readonly follow: boolean
  /** Milliseconds for each message. */
  readonly timeout: number | undefined
}

/** Prints the messages, closes the source; gives the exit status. A queue that is removed meanwhile is the end of its messages. */
export async function receiveFrom(
  source: QueueSource,
  { form, count, follow, timeout }: Wanted,
  io: Io,
): Promise<number> {
  const most = follow ? Number.POSITIVE_INFINITY : (count ?? 1)
  try {
    for (let got = 0; got < most; got++) {
      const message = await next(source, timeout, got > 0 || follow)
      if (message === null) {
        if (follow) return DONE
        const what =
          source.ended === undefined ? `${source.name} was removed` : `${source.ended} ${source.name}`
        io.note(`${what} after ${got} of ${plural(most, 'message')}`)
        return FAILED
      }
      io.stdout.write(formatMessage({ address: source.name, ...message }, form))
      source.written?.()
    }
    return DONE
  } finally {
    source.close()
  }
}

/** Null when the queue has been removed, and it may end so. */
async function next(
  source: QueueSource,
  timeout: number | undefined,
  mayEnd: boolean,
): Promise<QueueMessage | null> {
  const left = budget(timeout)
  try {
    return await inTime(`waiting for a message from ${source.name}`, timeout, () => source.receive(left()))
  } catch (error) {
    if (mayEnd && error instanceof SysError && error.code === 'EIDRM') return null
    throw error
  }
}
