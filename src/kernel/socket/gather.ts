// Receiving more descriptors than one message carries.
import { EMFILE, EPIPE } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { checkWhole } from '../mapping-options.ts'
import { MOST_DESCRIPTORS, type Received, type ReceiveOptions } from './received.ts'

/** What `receiveDescriptors` gives. */
export interface ReceivedDescriptors {
  /** As many as were asked for; yours to close. */
  readonly descriptors: readonly Fd[]
  /** The bytes that came along. */
  readonly data: Uint8Array
}

interface Receives {
  receive(options: WaitOptions & ReceiveOptions): Promise<Received | null>
}

export async function gather(
  socket: Receives,
  count: number,
  options: WaitOptions | undefined,
): Promise<ReceivedDescriptors> {
  checkWhole(count, 'count', 1)
  const left = countdown(options)
  const descriptors: Fd[] = []
  const chunks: Uint8Array[] = []
  try {
    while (descriptors.length < count) {
      const wanted = Math.min(count - descriptors.length, MOST_DESCRIPTORS)
      const got = await socket.receive({ ...left(), descriptors: wanted })
      if (got === null) throw ended(descriptors.length, count)
      descriptors.push(...got.descriptors)
      chunks.push(got.data)
      if (got.descriptorsLost) throw lost(descriptors.length, count)
    }
  } catch (error) {
    for (const each of descriptors) each.close()
    throw error
  }
  return { descriptors, data: Buffer.concat(chunks) }
}

/** The options with what is left of their timeout. */
function countdown(options: WaitOptions = {}): () => WaitOptions {
  const { timeout, signal } = options
  if (timeout === undefined) return () => options
  const end = performance.now() + timeout
  return () => ({ signal, timeout: Math.max(0, Math.min(timeout, end - performance.now())) })
}

function ended(got: number, count: number): SysError {
  const hint = `The peer closed after ${got} of ${count} descriptors; those were closed.`
  return new SysError(EPIPE, 'recvmsg', { on: 'descriptors', hint })
}

function lost(got: number, count: number): SysError {
  const hint = `More came at once than were asked for, or than this process may open (RLIMIT_NOFILE): ${got} of ${count} arrived, and were closed.`
  return new SysError(EMFILE, 'recvmsg', { on: 'descriptors', hint })
}
