// One side of a trial over a pair of Unix sockets, used both ways. The same as bench/c/socket.c.
import { PacketBatch, UnixDatagram, UnixSocket } from 'hutong'
import { takePlan } from './plan.ts'
import { type Link, runRole } from './roles.ts'

const SOCKET = 3
const BATCH = 64

type Socket = UnixSocket | UnixDatagram

function oneByOne(socket: Socket): Link {
  return {
    send({ bytes }) {
      socket.writeSync(bytes)
    },
    receive({ bytes }) {
      let done = 0
      do {
        const got = socket.readIntoSync(done === 0 ? bytes : bytes.subarray(done))
        if (got === null) throw new Error('the peer ended too early')
        done += got
      } while (done < bytes.length)
    },
  }
}

/** Each message brings a descriptor, which is closed. */
function withDescriptors(socket: UnixSocket): Link {
  const options = { descriptors: [0] }
  return {
    send({ bytes }) {
      socket.sendSync(bytes, options)
    },
    receive({ bytes }) {
      const got = socket.receiveSync({ descriptors: 1 })
      if (got?.data.length !== bytes.length) throw new Error('a message of another length')
      bytes.set(got.data)
      for (const each of got.descriptors) each.close()
      if (got.descriptors.length !== 1) throw new Error('a message without a descriptor')
    },
  }
}

function batched(socket: Socket, size: number): Link & { flush(): void } {
  const outgoing = new PacketBatch({ capacity: BATCH, size })
  const incoming = new PacketBatch({ capacity: BATCH, size })
  let next = 0
  const flush = (): void => {
    socket.sendBatchSync(outgoing)
    outgoing.clear()
  }
  return {
    send({ bytes }) {
      outgoing.add(bytes)
      if (outgoing.count === BATCH) flush()
    },
    receive({ bytes }) {
      if (next === incoming.count) {
        flush() // the other side may wait for it
        socket.receiveBatchSync(incoming)
        next = 0
      }
      if (incoming.copy(next++, bytes) !== bytes.length) throw new Error('a message of another length')
    },
    flush,
  }
}

const plan = takePlan()
const socket = plan.mechanism.startsWith('dgram') ? UnixDatagram.from(SOCKET) : UnixSocket.from(SOCKET)
if (plan.mechanism === 'descriptor') {
  runRole(plan, withDescriptors(socket as UnixSocket))
} else if (plan.mechanism.endsWith('-batch')) {
  const link = batched(socket, plan.size)
  runRole(plan, link)
  link.flush()
} else {
  runRole(plan, oneByOne(socket))
}
socket.close()
