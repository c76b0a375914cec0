// What the mechanisms over sockets have in common.
import { fstatSync, readlinkSync } from 'node:fs'
import type { UnixSocket } from '../../../kernel/socket/socket.ts'
import { lookAtPipe } from '../look.ts'
import type { Stage } from '../mechanism.ts'
import type { Packets } from './packets.ts'

/** One end for each side. */
interface Inheritable {
  readonly fd: number
  inherit(): number
  close(): void
}

/** Two sockets joined to each other, both ways. */
export function stageSockets([forSender, forReceiver]: readonly [Inheritable, Inheritable]): Stage {
  const close = (): void => {
    forSender.close()
    forReceiver.close()
  }
  const name = readlinkSync(`/proc/self/fd/${forSender.fd}`)
  const { ino } = fstatSync(forSender.fd)
  return {
    objects: [{ use: 'data', name, inode: ino }],
    descriptors: { sender: [forSender.inherit()], receiver: [forReceiver.inherit()] },
    settings: {},
    leftovers: [],
    look: (pids) => lookAtPipe(pids, name, ino),
    handedOver: close,
    close,
  }
}

/** Packets through a socket, one write(2) and one read(2) each, which the kernel counts. */
export class SocketPackets implements Packets {
  readonly longest = 65_536
  readonly #socket: UnixSocket

  constructor(socket: UnixSocket) {
    this.#socket = socket
  }

  send(packet: Uint8Array): void {
    this.#socket.writeSync(packet)
  }

  receive(target: Uint8Array): number {
    return this.#socket.readIntoSync(target) ?? 0
  }
}
