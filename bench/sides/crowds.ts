// Operations that nobody will ever satisfy: they wait until they are aborted.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Fifo, Memfd, Mutex, Pipe, PosixQueue, PosixSemaphore, SysvQueue, SysvSemaphores } from 'hutong'
import type { Crowd } from '../case.ts'
import { programPath } from '../compile.ts'

export interface Waiters {
  readonly waits: readonly Promise<unknown>[]
  /** After all of them have ended. */
  clean(): Promise<void>
}

/** Of each kind. */
const FEW = 64
const MANY = 200
const PAGE = 4096

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** 64 opens of a FIFO and 64 reads of a pipe. */
async function few(directory: string, signal: AbortSignal): Promise<Waiters> {
  const fifos = times(FEW, (i) => Fifo.create(join(directory, `fifo-${i}`)))
  const pipes = times(FEW, () => Pipe.create())
  return {
    waits: [
      ...fifos.map((fifo) => fifo.openReader({ signal })),
      ...pipes.map(({ reader }) => reader.read({ signal })),
    ],
    async clean() {
      for (const fifo of fifos) fifo.unlink()
      for (const pipe of pipes) pipe.close()
    },
  }
}

/** A C process that holds the mutex at the start of `memory`. */
async function holder(memory: Memfd): Promise<ChildProcess> {
  const child = spawn(programPath('holder'), { stdio: ['pipe', 'pipe', 'inherit', memory.fd] })
  await once(child.stdout ?? child, 'data')
  return child
}

/** 200 receivers of each kind of queue, 200 waiting for each kind of semaphore, 200 for a mutex that a C process holds. */
async function thousand(_: string, signal: AbortSignal): Promise<Waiters> {
  const memory = Memfd.create('hutong-bench', { size: PAGE })
  const mapping = memory.map()
  const mutex = Mutex.initialize(mapping, 0)
  const child = await holder(memory)
  const semaphore = PosixSemaphore.initialize(mapping, 128)
  const set = SysvSemaphores.createPrivate({ count: 1 })
  const queue = SysvQueue.createPrivate()
  process.once('exit', () => {
    queue.remove() // also after a failure: nothing else would
    set.remove()
  })
  const name = `/hutong-bench-${process.pid}`
  const mailbox = PosixQueue.create(name)
  PosixQueue.unlink(name)
  return {
    waits: [
      ...times(MANY, () => queue.receive({ signal })),
      ...times(MANY, () => mailbox.receive({ signal })),
      ...times(MANY, () => set.wait({ signal })),
      ...times(MANY, () => semaphore.wait({ signal })),
      ...times(MANY, () => mutex.lock({ signal })),
    ],
    async clean() {
      mailbox.close()
      child.stdin?.end()
      await once(child, 'exit')
      mapping.close()
      memory.close()
    },
  }
}

export const crowd: Readonly<Record<Crowd, (directory: string, signal: AbortSignal) => Promise<Waiters>>> = {
  few,
  thousand,
}
