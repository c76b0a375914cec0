// POSIX message queues of a test: their names, their C peer, and waiting until somebody waits.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CreatePosixQueueOptions, type PosixMessage, PosixQueue } from 'hutong'
import { constants, mq_unlink } from 'hutong/sys'
import { type Child, start } from './child.ts'
import { compile } from './compile.ts'
import { cleanUp, uniqueName } from './leaks.ts'

/** Small: all queues of a user together have 800 KiB. */
export const SMALL = { maxMessages: 4, messageSize: 64 } as const

/** A fresh name, which is removed when the test has ended. */
export function queueName(): string {
  const name = uniqueName()
  cleanUp(() => mq_unlink(name))
  return `/${name}`
}

/** A fresh queue, closed and removed when the test has ended. */
export function freshQueue(options: CreatePosixQueueOptions = SMALL): PosixQueue {
  const queue = PosixQueue.create(queueName(), options)
  cleanUp(() => queue.close())
  return queue
}

/** Starts the C peer. */
export function queuePeer(...args: readonly (string | number)[]): Child {
  return start(compile('posix-queue/peer.c', '-lrt'), args.map(String))
}

/** A message as `priority:text`. */
export function shown({ data, priority }: PosixMessage): string {
  return `${priority}:${Buffer.from(data).toString()}`
}

/** All that is in it now. */
export function drained(queue: PosixQueue): string[] {
  const all: string[] = []
  for (let message = queue.tryReceive(); message !== undefined; message = queue.tryReceive()) {
    all.push(shown(message))
  }
  return all
}

/** Resolves when the main thread of process `pid` sleeps in a call that receives. */
export async function untilReceiving(pid: number): Promise<void> {
  const call = `${constants.SYS_mq_timedreceive} `
  while (!readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith(call)) await sleep(1)
}
