// System V and POSIX queues, semaphores, shared memory, and mutexes.
import { Mapping, Mutex, PosixQueue, PosixSemaphore, SysvMemory, SysvQueue, SysvSemaphores } from 'hutong'
import { use } from './descriptors.ts'

const PAGE = 4096
const byte = new Uint8Array(1)

function moveByte(queue: SysvQueue): void {
  queue.sendSync(byte)
  if (queue.receiveIntoSync(byte).length !== 1) throw new Error('the byte did not come through')
}

function passThrough(semaphore: { post(): void; waitSync(): void }): void {
  semaphore.post()
  semaphore.waitSync()
}

export function ipc() {
  const name = `/hutong-bench-${process.pid}`
  const letter = new Uint8Array(64)
  const memory = Mapping.anonymous(PAGE)
  return {
    'sysv-mq'() {
      const queue = SysvQueue.createPrivate()
      moveByte(queue)
      queue.remove()
      queue.close()
    },
    'sysv-sem'() {
      const set = SysvSemaphores.createPrivate({ count: 1 })
      passThrough(set)
      set.remove()
      set.close()
    },
    'sysv-shm'() {
      const segment = SysvMemory.createPrivate({ size: PAGE })
      use(segment.attach())
      segment.remove()
      segment.close()
    },
    'posix-mq'() {
      const queue = PosixQueue.create(name, { maxMessages: 1, messageSize: letter.length })
      PosixQueue.unlink(name)
      queue.sendSync(letter)
      if (queue.receiveIntoSync(letter).length !== letter.length) throw new Error('the message was cut')
      queue.close()
    },
    'posix-sem'() {
      const semaphore = PosixSemaphore.create(name)
      PosixSemaphore.unlink(name)
      passThrough(semaphore)
      semaphore.close()
    },
    mutex: () => Mutex.initialize(memory, 0).lockSync().unlock(),
  }
}
