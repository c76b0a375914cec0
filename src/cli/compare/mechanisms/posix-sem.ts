// Events through a pair of POSIX semaphores in shared memory: sem_post(3), sem_wait(3). They carry no file.
import { fstatSync } from 'node:fs'
import { PosixMemory } from '../../../kernel/posix/memory.ts'
import { PosixSemaphore } from '../../../kernel/posix/semaphore.ts'
import { lookAtMappings } from '../look.ts'
import type { EventEnd, EventMechanism, Scene, Seat, Stage } from '../mechanism.ts'

const BYTES = 4096
// Each on a cache line of its own.
const THERE = 0
const BACK = 64

function prepare(scene: Scene): Stage {
  const name = `/${scene.name}`
  const path = `/dev/shm${name}`
  const memory = PosixMemory.create(name, { size: BYTES })
  const mapping = memory.map()
  for (const offset of [THERE, BACK]) PosixSemaphore.initialize(mapping, offset).close()
  mapping.close()
  const close = (): void => memory.close()
  return {
    objects: [{ use: 'data', name: path, inode: fstatSync(memory.fd).ino }],
    descriptors: { sender: [], receiver: [] },
    settings: { name },
    leftovers: [{ is: 'path', path }],
    look: (pids) => [`hutong show posix-shm:${name}`, lookAtMappings(pids, path)],
    handedOver: close,
    close,
  }
}

function join({ role, settings }: Seat): EventEnd {
  using memory = PosixMemory.open(String(settings['name']))
  const mapping = memory.map()
  const there = PosixSemaphore.at(mapping, THERE)
  const back = PosixSemaphore.at(mapping, BACK)
  const [theirs, mine] = role === 'sender' ? [there, back] : [back, there]
  return { signal: () => theirs.post(), await: () => mine.waitSync() }
}

export const mechanism: EventMechanism = {
  name: 'posix-sem',
  how: 'events through POSIX semaphores in shared memory',
  bytesPerEvent: 0,
  prepare,
  join,
}
