// Queues of jobs in tests.
import assert from 'node:assert/strict'
import { type Job, json, type QueueWorker } from 'hutong/channel'
import { uniquePath } from './leaks.ts'

/** Jobs that are numbers. */
export const numbers = { codec: json<number>() }

/** A fresh address, with small rings. */
export async function address(): Promise<string> {
  return `shm:${await uniquePath()}?capacity=4096`
}

/** So many jobs. */
export async function take<T>(worker: QueueWorker<T>, count: number): Promise<Job<T>[]> {
  const jobs: Job<T>[] = []
  while (jobs.length < count) {
    const job = await worker.receive()
    assert.ok(job !== null, `the queue ended after ${jobs.length} jobs`)
    jobs.push(job)
  }
  return jobs
}

export const messages = <T>(jobs: readonly Job<T>[]): T[] => jobs.map(({ message }) => message)
