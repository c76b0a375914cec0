// A thread of each side that notices the death of the comparing process, wherever the side itself is blocked.
import { Worker } from 'node:worker_threads'
import type { Leftover } from '../leftover.ts'

/** Starts the thread and resolves when it watches. `fd` is the end of a socket whose other end that process holds. */
export function watchLifeline(fd: number, leftovers: readonly Leftover[]): Promise<void> {
  const watcher = new Worker(new URL('./watcher.js', import.meta.url), { workerData: { fd, leftovers } })
  watcher.unref()
  return new Promise((resolve, reject) => {
    watcher.once('message', () => resolve())
    watcher.once('error', reject)
  })
}
