// The file through POSIX message queues: as many messages as it takes, mq_send(3), mq_receive(3).
import { fstatSync } from 'node:fs'
import { PosixQueue } from '../../../kernel/posix/queue.ts'
import type { Mechanism, Scene, Seat, Stage } from '../mechanism.ts'
import { closing } from '../parts/event-bells.ts'
import { PacketEnd, type Packets } from '../parts/packets.ts'
import type { Tally } from '../side/tally.ts'

function prepare(scene: Scene): Stage {
  const names = { there: `/${scene.name}`, back: `/${scene.name}-back` }
  const there = PosixQueue.create(names.there)
  const back = PosixQueue.create(names.back)
  const descriptors = [there.inherit(), back.inherit()]
  return {
    objects: [
      { use: 'data', name: `mqueue:${names.there}`, inode: fstatSync(there.fd).ino },
      { use: 'reply', name: `mqueue:${names.back}`, inode: fstatSync(back.fd).ino },
    ],
    descriptors: { sender: descriptors, receiver: descriptors },
    settings: {},
    leftovers: Object.values(names).map((name) => ({ is: 'posix-mq', name: name.slice(1) })),
    look: ({ sender }) => [`hutong show posix-mq:${names.there}`, `ls -l /proc/${sender}/fd`],
    ...closing(there, back),
  }
}

/** What the kernel does not count: it takes these calls for no reads and writes. */
class QueuePackets implements Packets {
  readonly longest: number
  readonly #out: PosixQueue
  readonly #into: PosixQueue
  readonly #tally: Tally

  constructor(out: PosixQueue, into: PosixQueue, tally: Tally) {
    this.longest = into.messageSize
    this.#out = out
    this.#into = into
    this.#tally = tally
  }

  send(packet: Uint8Array): void {
    this.#tally.call('mq_timedsend')
    this.#tally.copied(packet.length)
    this.#out.sendSync(packet)
  }

  receive(target: Uint8Array): number {
    const { length } = this.#into.receiveIntoSync(target)
    this.#tally.call('mq_timedreceive')
    this.#tally.copied(length)
    return length
  }
}

function join({ role, descriptors: [there = -1, back = -1], tally }: Seat): PacketEnd {
  const [out, into] = role === 'sender' ? [there, back] : [back, there]
  return new PacketEnd(new QueuePackets(PosixQueue.from(out), PosixQueue.from(into), tally))
}

export const mechanism: Mechanism = {
  name: 'posix-mq',
  how: 'as messages through a POSIX queue',
  prepare,
  join,
}
