// What the mechanisms over sockets have in common.
import { fstatSync, readlinkSync } from 'node:fs'
import { EINTR } from '../../../sys/errno.ts'
import { must } from '../../../sys/error.ts'
import { Fd } from '../../../sys/fd.ts'
import { read, write } from '../../../sys/file.ts'
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

/** A blocking socket of any kind, with the calls themselves. */
export class PlainSocket {
  readonly #handle: Fd

  constructor(handle: Fd) {
    this.#handle = handle
  }

  get fd(): number {
    return this.#handle.number
  }

  inherit(): number {
    return this.#handle.number
  }

  close(): void {
    this.#handle.close()
  }

  readIntoSync(target: Uint8Array): number | null {
    let got = EINTR
    while (got === EINTR) got = read(this.#handle.number, target)
    return must(got, 'read', { on: `${this.#handle}` }) === 0 ? null : got
  }

  writeSync(bytes: Uint8Array): number {
    for (let done = 0; done < bytes.length; ) {
      const put = write(this.#handle.number, bytes, done)
      if (put !== EINTR) done += must(put, 'write', { on: `${this.#handle}` })
    }
    return bytes.length
  }
}

/** Packets through a socket, one write(2) and one read(2) each, which the kernel counts. */
export class SocketPackets implements Packets {
  readonly longest = 65_536
  readonly #socket: PlainSocket

  constructor(fd: number) {
    this.#socket = new PlainSocket(Fd.adopt(fd, 'Unix socket'))
  }

  send(packet: Uint8Array): void {
    this.#socket.writeSync(packet)
  }

  receive(target: Uint8Array): number {
    return this.#socket.readIntoSync(target) ?? 0
  }
}
