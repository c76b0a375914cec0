// What a pipeline is started with, checked before anything happens.
import { constants as os } from 'node:os'
import { type Bytes, bytesOf, kindOf } from '../bytes.ts'
import type { PipeReader } from '../pipe/reader.ts'
import type { PipeWriter } from '../pipe/writer.ts'

/** A program and its arguments. No shell reads them: nothing needs quoting. */
export type PipelineCommand = readonly [program: string, ...args: string[]]

/** Options of `Pipeline.start`. */
export interface PipelineOptions {
  /**
   * Where the first command reads: `'pipe'` (default; `pipeline.stdin` writes to it), `'inherit'` (our own standard input),
   * `'ignore'` (/dev/null), an end of a pipe or FIFO, or a descriptor's number. An end or descriptor stays
   * yours: close it after the start.
   */
  readonly stdin?: 'pipe' | 'inherit' | 'ignore' | PipeReader | number
  /** All the first command gets to read. Instead of `stdin`. */
  readonly input?: Bytes
  /** Where the last command writes: as `stdin`; `'pipe'` (default) is read from `pipeline.stdout`. */
  readonly stdout?: 'pipe' | 'inherit' | 'ignore' | PipeWriter | number
  /** Where all of them write their errors: as `stdout`. Default `'inherit'`; `'pipe'` is read from `pipeline.stderr`. */
  readonly stderr?: 'pipe' | 'inherit' | 'ignore' | PipeWriter | number
  /** The commands' working directory. Default: our own. */
  readonly cwd?: string
  /** Their environment, whole. Default: `process.env`. PATH, of this one, is where programs are looked for. */
  readonly env?: NodeJS.ProcessEnv
  /** Aborting it sends `killSignal` to all of them; `exited` rejects with its reason when they have ended. */
  readonly signal?: AbortSignal
  /** What an abort, and `kill()` without an argument, sends. Default SIGTERM. */
  readonly killSignal?: NodeJS.Signals
}

/** What `start` was given, told apart: commands, and perhaps options at the end. */
export function takeArguments(given: readonly unknown[]): {
  readonly commands: readonly PipelineCommand[]
  readonly options: PipelineOptions
} {
  const last = given.at(-1)
  const withOptions = given.length > 0 && typeof last === 'object' && !Array.isArray(last)
  const commands = (withOptions ? given.slice(0, -1) : given).map(checkCommand)
  if (commands.length === 0) throw new TypeError("a pipeline needs a command, such as ['sort', '-u']")
  return { commands, options: withOptions ? checkOptions(last) : {} }
}

function checkCommand(command: unknown, index: number): PipelineCommand {
  const name = `command ${index + 1}`
  if (!Array.isArray(command)) {
    throw new TypeError(`${name} must be an array of strings such as ['sort', '-u'], not ${kindOf(command)}`)
  }
  for (const word of command) {
    if (typeof word !== 'string') throw new TypeError(`${name} must hold only strings, not ${kindOf(word)}`)
    if (word.includes('\0')) throw new RangeError(`${name} must not contain NUL`)
  }
  if (command.length === 0 || command[0] === '') throw new TypeError(`${name} needs the name of a program`)
  return [...command] as unknown as PipelineCommand
}

function checkOptions(options: unknown): PipelineOptions {
  if (options === null) throw new TypeError('options must be an object, not null')
  const { stdin, input, cwd, env, signal, killSignal } = options as PipelineOptions
  if (input !== undefined) {
    if (stdin !== undefined) throw new TypeError('input and stdin exclude each other')
    bytesOf(input, 'input')
  }
  if (cwd !== undefined) checkText(cwd, 'cwd')
  if (env !== undefined && (typeof env !== 'object' || env === null)) {
    throw new TypeError(`env must be an object, not ${kindOf(env)}`)
  }
  for (const [name, value] of Object.entries(env ?? {})) {
    if (value !== undefined) checkText(`${name}=${value}`, 'env')
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`signal must be an AbortSignal, not ${kindOf(signal)}`)
  }
  if (killSignal !== undefined) checkSignal(killSignal, 'killSignal')
  return options as PipelineOptions
}

function checkText(value: unknown, name: string): void {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${kindOf(value)}`)
  if (value.includes('\0')) throw new RangeError(`${name} must not contain NUL`)
}

/** TypeError unless `signal` is the name of a signal that this Node knows. */
export function checkSignal(signal: unknown, name = 'signal'): NodeJS.Signals {
  if (typeof signal === 'string' && Object.hasOwn(os.signals, signal)) return signal as NodeJS.Signals
  const given = typeof signal === 'string' ? `'${signal}'` : kindOf(signal)
  throw new TypeError(`${name} must be the name of a signal, such as 'SIGTERM', not ${given}`)
}
