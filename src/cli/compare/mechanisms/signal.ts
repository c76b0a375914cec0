// Events as real-time signals, sigqueue(3) and sigwaitinfo(2): queued by the kernel, each with a value. They carry no file.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { signals } from '../../../kernel/signal/signals.ts'
import type { EventEnd, EventMechanism, Scene, Seat, Stage } from '../mechanism.ts'
import type { Role } from '../model.ts'

const SIGNAL = 'SIGRTMIN+3'
const LOOK_MS = 1
const neverWoken = new Int32Array(new SharedArrayBuffer(4))

function prepare({ folder }: Scene): Stage {
  return {
    objects: [{ use: 'data', name: SIGNAL, inode: null }],
    descriptors: { sender: [], receiver: [] },
    settings: { folder },
    leftovers: [],
    look: ({ sender, receiver }) => [`grep -E 'Sig|Shd' /proc/${sender}/status /proc/${receiver}/status`],
    handedOver() {},
    close() {},
  }
}

/** Each side leaves its process id where the other one looks for it. */
function peerOf(role: Role, folder: string): number {
  const [own, other] = role === 'sender' ? ['sender', 'receiver'] : ['receiver', 'sender']
  writeFileSync(joinPath(folder, `${own}.part`), `${process.pid}`)
  renameSync(joinPath(folder, `${own}.part`), joinPath(folder, own))
  while (!existsSync(joinPath(folder, other))) Atomics.wait(neverWoken, 0, 0, LOOK_MS)
  return Number(readFileSync(joinPath(folder, other), 'utf8'))
}

function join({ role, settings }: Seat): EventEnd {
  const listener = signals.listen([SIGNAL]) // blocked from here on: what comes waits in the kernel
  const peer = peerOf(role, String(settings['folder']))
  let sent = 0
  return {
    signal: () => signals.queue(peer, SIGNAL, sent++),
    await: () => void listener.waitSync(),
  }
}

export const mechanism: EventMechanism = {
  name: 'signal',
  how: 'events as real-time signals with a value each',
  bytesPerEvent: 8,
  prepare,
  join,
}
