// A thread of each side that notices the death of the comparing process, wherever the side itself is blocked.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { EINTR } from '../../../sys/errno.ts'
import { poll } from '../../../sys/file.ts'
import { type Leftover, removeLeftover } from '../leftover.ts'

/** Milliseconds of one look. */
const LONGEST = 200

/** Removes what the comparing process has made, as far as it has names, and ends this process. */
export function giveUp(leftovers: readonly Leftover[]): never {
  for (const leftover of leftovers) removeLeftover(leftover)
  process.kill(process.pid, 'SIGKILL') // process.exit would wait for a thread that is blocked in the kernel
  throw new Error('still alive')
}

/** Starts the thread and resolves when it watches. `fd` is the end of a socket whose other end that process holds. */
export function watchLifeline(fd: number, leftovers: readonly Leftover[]): Promise<void> {
  const watcher = new Worker(new URL(import.meta.url), { workerData: { fd, leftovers } })
  watcher.unref()
  return new Promise((resolve, reject) => {
    watcher.once('message', () => resolve())
    watcher.once('error', reject)
  })
}

/** Whether the other end is gone. No event is asked for, so only that is told: POLLHUP, or POLLERR. */
function isGone(fd: number): boolean {
  const found = poll(fd, 0, LONGEST)
  return found !== 0 && found !== EINTR
}

if (!isMainThread) {
  const { fd, leftovers } = workerData as { fd: number; leftovers: readonly Leftover[] }
  parentPort?.postMessage('watching')
  // process.exit in the side waits for this thread, which V8 stops at the next call of a function in JavaScript.
  while (!isGone(fd)) {}
  giveUp(leftovers)
}
