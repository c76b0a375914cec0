// C peers of a long proof, which runs without a test runner to clean up behind it.
import { type ChildProcess, spawn } from 'node:child_process'

/** A running peer. */
export interface Peer {
  readonly process: ChildProcess
  /** All that it wrote, once it has ended. */
  readonly ended: Promise<string>
}

/** Starts a program; the round sees to its end. */
export function startPeer(program: string, ...args: readonly string[]): Peer {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
  return { process: child, ended }
}
