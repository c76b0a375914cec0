// The file through POSIX shared memory: read(2) into it, write(2) out of it, an eventfd for every slot.
import { fstatSync } from 'node:fs'
import { PosixMemory } from '../../../kernel/posix/memory.ts'
import { lookAtMappings } from '../look.ts'
import type { Mechanism, Scene, Stage } from '../mechanism.ts'
import { closing, EventFds, eventBells } from '../parts/event-bells.ts'
import { SLOTS_BYTES, SlotEnd } from '../parts/slots.ts'

function prepare(scene: Scene): Stage {
  const name = `/${scene.name}`
  const path = `/dev/shm${name}`
  const memory = PosixMemory.create(name, { size: SLOTS_BYTES })
  const eventFds = new EventFds()
  return {
    objects: [{ use: 'data', name: path, inode: fstatSync(memory.fd).ino }, ...eventFds.objects],
    descriptors: { sender: eventFds.descriptors, receiver: eventFds.descriptors },
    settings: { name },
    leftovers: [{ is: 'path', path }],
    look: (pids) => [`hutong show posix-shm:${name}`, `ls -l ${path}`, lookAtMappings(pids, path)],
    ...closing(memory, eventFds),
  }
}

export const mechanism: Mechanism = {
  name: 'posix-shm',
  how: 'read into shared memory, write out of it; eventfd to wake',
  prepare,
  join({ role, settings, descriptors }) {
    const memory = PosixMemory.open(String(settings['name']))
    const mapping = memory.map()
    memory.close()
    return new SlotEnd(mapping, eventBells(role, descriptors), role === 'sender')
  },
}
