// How the two sides of a ping-pong by signals learn of each other: each writes its pid into a pipe when it listens.
import { readSync, writeSync } from 'node:fs'

export const SIGNAL = 'SIGRTMIN+3'

const INCOMING = 3
const OUTGOING = 4

/** The other side's pid, once it listens, too. */
export function meetPeer(): number {
  const pid = new Int32Array([process.pid])
  writeSync(OUTGOING, pid)
  if (readSync(INCOMING, pid) !== pid.byteLength) throw new Error('the peer ended too early')
  return pid[0] as number
}
