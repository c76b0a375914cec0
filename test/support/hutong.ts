// The command, run as a child.
import type { SpawnOptions } from 'node:child_process'
import { type Child, type Ended, start } from './child.ts'
import { command } from './paths.ts'

export interface RunOptions extends SpawnOptions {
  /** What its standard input holds; nothing if not given. */
  readonly input?: string | Uint8Array
}

/** Starts `hutong ...args`. */
export function hutong(args: readonly string[], options: SpawnOptions = {}): Child {
  return start(process.execPath, [command, ...args], options)
}

/** Runs it to its end. */
export function run(args: readonly string[], { input = '', ...options }: RunOptions = {}): Promise<Ended> {
  const child = hutong(args, options)
  child.process.stdin?.on('error', () => {}) // it need not read all of it
  child.process.stdin?.end(input)
  return child.ended
}

/** Runs it in a shell, where `$hutong` stands for it. */
export function shell(script: string, options: SpawnOptions = {}): Promise<Ended> {
  const env = { ...process.env, ...options.env, hutong: `${process.execPath} ${command}` }
  const child = start('bash', ['-c', script], { ...options, env })
  child.process.stdin?.end()
  return child.ended
}
