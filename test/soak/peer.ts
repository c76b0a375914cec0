// Peers of a long proof, which runs without a test runner to clean up behind it.
import assert from 'node:assert/strict'
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Mapping } from 'hutong'

/** A running peer. */
export interface Peer {
  readonly process: ChildProcess
  /** All that it wrote, once it has ended. */
  readonly ended: Promise<string>
}

// A proof that fails leaves none of its peers behind.
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program; the round sees to its end. */
export function launch(
  program: string,
  args: readonly string[],
  stdio: StdioOptions = 'inherit',
): ChildProcess {
  const child = spawn(program, args, { stdio })
  running.add(child)
  child.on('exit', () => running.delete(child))
  return child
}

/** The same, of which all that it writes is wanted. */
export function startPeer(program: string, ...args: readonly string[]): Peer {
  const child = launch(program, args, ['ignore', 'pipe', 'inherit'])
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
  return { process: child, ended }
}

/** Milliseconds after which a peer that does nothing is stuck. */
export const PATIENCE = 20_000

/** Waits until something is so: a peer that is never done with it is stuck. */
export async function until(so: () => boolean, who: string): Promise<void> {
  const end = performance.now() + PATIENCE
  while (!so()) {
    assert.ok(performance.now() < end, `${who} is stuck`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Waits until a word in which a peer counts its rounds has changed. */
export async function moves(memory: Mapping, word: number, who: string): Promise<void> {
  const rounds = memory.view(BigUint64Array, word, 1)
  const before = rounds[0]
  await until(() => rounds[0] !== before, who)
}

/** One victim of so many is one of ours, which takes a hundred times as long to start as one in C. */
export const NODE_EVERY = 40

/** Resolves when it is no more. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  assert.ok(child.kill('SIGKILL'), 'a process has ended by itself')
  assert.equal((await gone)[1], 'SIGKILL', 'a process has ended by itself')
}
