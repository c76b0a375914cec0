// hutong's own asynchronous Unix sockets: a write(2), or sendmsg(2), for each message.
import { join } from 'node:path'
import { UnixDatagram, UnixSocket } from 'hutong'
import { meetPeer } from '../peer.ts'
import { type Plan, speaksFirst } from '../plan.ts'
import { type Ends, linkOf } from './promises.ts'
import { runAsync } from './roles.ts'

const SOCKET = 3

/** Two sockets that know each other by their paths. */
function byName(plan: Plan): Ends {
  const names = ['there', 'back'].map((name) => join(plan.extra, name))
  const [peer = '', own = ''] = speaksFirst(plan) ? names : names.toReversed()
  const socket = UnixDatagram.create(own)
  meetPeer()
  socket.connect(peer)
  return {
    async readInto() {
      return (await socket.receive())?.data.length ?? null
    },
    write: (message) => socket.send(message),
    close: () => socket.close(),
  }
}

/** Each message brings a descriptor, which is closed. */
function withDescriptors(socket: UnixSocket): Ends {
  const descriptors = [0]
  return {
    async readInto() {
      const got = await socket.receive({ descriptors: 1 })
      for (const each of got?.descriptors ?? []) each.close()
      if (got !== null && got.descriptors.length !== 1) throw new Error('a message without a descriptor')
      return got?.data.length ?? null
    },
    write: (message) => socket.send(message, { descriptors }),
    close: () => socket.close(),
  }
}

function open(plan: Plan): Ends {
  if (plan.mechanism === 'dgram-named') return byName(plan)
  const socket = UnixSocket.from(SOCKET)
  return plan.mechanism === 'descriptor' ? withDescriptors(socket) : socket
}

await runAsync((plan) => linkOf(plan, open(plan)))
