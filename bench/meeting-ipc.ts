// Where the two sides of a trial over queues or semaphores meet.
import { Memfd, PosixQueue, PosixSemaphore, SysvQueue, SysvSemaphores } from 'hutong'
import type { Contest } from './case.ts'
import type { Meeting } from './meeting.ts'
import { LENGTH, LINE } from './sides/semaphore-layout.ts'

const unmade = { first: [], second: [], release() {} }

export function overSysvQueues(): Meeting {
  const queues = [SysvQueue.createPrivate(), SysvQueue.createPrivate()]
  return {
    ...unmade,
    extra: queues.map(({ id }) => id).join(','),
    remove() {
      for (const queue of queues) queue.remove()
    },
  }
}

let trials = 0

/** What anybody may ask for, and all there is without CAP_SYS_RESOURCE: /proc/sys/fs/mqueue/msg_max is 10. */
const USUAL = 10

export function overPosixQueues({ size, depth = USUAL }: Contest): Meeting {
  const names = ['there', 'back'].map((way) => `/hutong-bench-${process.pid}-${trials}-${way}`)
  trials++
  const remove = (): void => {
    for (const name of names) {
      try {
        PosixQueue.unlink(name)
      } catch {
        // it was not made
      }
    }
  }
  try {
    for (const name of names) {
      PosixQueue.create(name, { maxMessages: depth, messageSize: size }).close()
    }
  } catch (error) {
    remove()
    throw error
  }
  return { ...unmade, extra: names.join(','), remove }
}

export function overSysvSemaphores(): Meeting {
  const set = SysvSemaphores.createPrivate({ count: 2 })
  return { ...unmade, extra: `${set.id}`, remove: () => set.remove() }
}

export function overPosixSemaphores(): Meeting {
  const memory = Memfd.create('hutong-bench', { size: LENGTH })
  const mapping = memory.map()
  for (const offset of [0, LINE]) PosixSemaphore.initialize(mapping, offset, 0).close()
  mapping.close()
  const descriptors = [memory.fd]
  return {
    first: descriptors,
    second: descriptors,
    extra: '-',
    release: () => memory.close(),
    remove() {},
  }
}
