// The file through System V message queues: as many messages as it takes, msgsnd(2), msgrcv(2).
import { SysvQueue } from '../../../kernel/sysv/queue.ts'
import type { Mechanism, Scene, Seat, Stage } from '../mechanism.ts'
import type { KernelObject } from '../model.ts'
import { PacketEnd, type Packets } from '../parts/packets.ts'

function prepare(_scene: Scene): Stage {
  const made: SysvQueue[] = []
  const make = (use: KernelObject['use']): KernelObject => {
    const queue = SysvQueue.createPrivate()
    made.push(queue)
    return { use, name: `msqid ${queue.id}`, inode: null }
  }
  const objects = [make('data'), make('reply')]
  const [there = -1, back = -1] = made.map(({ id }) => id)
  return {
    objects,
    descriptors: { sender: [], receiver: [] },
    settings: { there, back, longest: SysvQueue.system().longestMessage },
    leftovers: [there, back].map((id) => ({ is: 'sysv-mq', id })),
    look: () => [`hutong show sysv-mq:id:${there}`, `ipcs -q -i ${there}`],
    handedOver() {},
    close() {}, // the queues are removed by their ids
  }
}

function join({ role, settings, tally }: Seat): PacketEnd {
  const there = SysvQueue.from(Number(settings['there']))
  const back = SysvQueue.from(Number(settings['back']))
  const [out, into] = role === 'sender' ? [there, back] : [back, there]
  const packets: Packets = {
    longest: Number(settings['longest']),
    send(packet) {
      tally.call('msgsnd')
      tally.copied(packet.length)
      out.sendSync(packet)
    },
    receive(target) {
      const { length } = into.receiveIntoSync(target)
      tally.call('msgrcv')
      tally.copied(length)
      return length
    },
  }
  return new PacketEnd(packets)
}

export const mechanism: Mechanism = {
  name: 'sysv-mq',
  how: 'as messages through a System V queue',
  prepare,
  join,
}
