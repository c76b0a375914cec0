// How two sides that meet by name or by pid learn of each other: each writes its pid into a pipe when it is ready.
import { readSync, writeSync } from 'node:fs'

const INCOMING = 3
const OUTGOING = 4

/** The other side's pid, once it is ready, too. */
export function meetPeer(): number {
  const pid = new Int32Array([process.pid])
  writeSync(OUTGOING, pid)
  if (readSync(INCOMING, pid) !== pid.byteLength) throw new Error('the peer ended too early')
  return pid[0] as number
}
