// The thread of lifeline.ts: notices that the other end of `fd` is gone.
import { parentPort, workerData } from 'node:worker_threads'
import { EINTR } from '../../../sys/errno.ts'
import { poll } from '../../../sys/file.ts'
import type { Leftover } from '../leftover.ts'
import { giveUp } from './give-up.ts'

/** Milliseconds of one look. */
const LONGEST = 200

/** No event is asked for, so only the end is told: POLLHUP, or POLLERR. */
function isGone(fd: number): boolean {
  const found = poll(fd, 0, LONGEST)
  return found !== 0 && found !== EINTR
}

const { fd, leftovers } = workerData as { fd: number; leftovers: readonly Leftover[] }
parentPort?.postMessage('watching')
// process.exit in the side waits for this thread, which V8 stops at the next call of a function in JavaScript.
while (!isGone(fd)) {}
giveUp(leftovers)
