// The file through a memfd: as POSIX shared memory without a name, and both sides stay awake for a moment before they sleep.
import { fstatSync, readlinkSync } from 'node:fs'
import { Memfd } from '../../../kernel/memfd.ts'
import { lookAtMappings } from '../look.ts'
import type { Mechanism, Seat, Stage } from '../mechanism.ts'
import { SPIN_BELL_WORDS, SpinBell } from '../parts/bells.ts'
import { closing, EventFds, takeEventFds } from '../parts/event-bells.ts'
import { SLOTS_BYTES, SlotEnd } from '../parts/slots.ts'

/** How long a side watches before it sleeps, in milliseconds: about what a sleep and a wake-up cost together. */
const WATCH = 0.05

function prepare(): Stage {
  const memfd = Memfd.create('hutong-compare', { size: SLOTS_BYTES })
  memfd.seal('shrink', 'grow', 'seal')
  const eventFds = new EventFds()
  const descriptors = [memfd.fd, ...eventFds.descriptors]
  const name = readlinkSync(`/proc/self/fd/${memfd.fd}`).replace(/ \(deleted\)$/, '')
  return {
    objects: [{ use: 'data', name, inode: fstatSync(memfd.fd).ino }, ...eventFds.objects],
    descriptors: { sender: descriptors, receiver: descriptors },
    settings: {},
    leftovers: [],
    look: (pids) => [
      `hutong ls memfd --pid ${pids.sender},${pids.receiver}`,
      lookAtMappings(pids, name.slice(1)),
    ],
    ...closing(memfd, eventFds),
  }
}

function join({ role, apart, descriptors: [memory = -1, ...eventFds] }: Seat): SlotEnd {
  const memfd = Memfd.from(memory)
  const mapping = memfd.map()
  memfd.close()
  const { theirs, mine } = takeEventFds(role, eventFds)
  const budget = apart ? WATCH : 0
  const bell = (index: number, eventFd: typeof mine): SpinBell => {
    const words = mapping.view(Int32Array, index * SPIN_BELL_WORDS * 4, SPIN_BELL_WORDS)
    return new SpinBell(words, eventFd, budget)
  }
  const [forSender, forReceiver] = [0, 1]
  const bells =
    role === 'sender'
      ? { theirs: bell(forReceiver, theirs), mine: bell(forSender, mine) }
      : { theirs: bell(forSender, theirs), mine: bell(forReceiver, mine) }
  return new SlotEnd(mapping, bells, role === 'sender')
}

export const mechanism: Mechanism = {
  name: 'memfd',
  how: 'the same in a memfd; up to 50 µs of busy waiting before the eventfd',
  prepare,
  join,
}
