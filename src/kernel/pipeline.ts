// Pipeline: several commands joined by kernel pipes, as a shell does with `a | b | c`.
import { type ChildProcess, spawn } from 'node:child_process'
import { type Bytes, bytesOf } from './bytes.ts'
import type { PipeReader } from './pipe/reader.ts'
import type { PipeWriter } from './pipe/writer.ts'
import { checkSignal, type PipelineCommand, type PipelineOptions, takeArguments } from './pipeline/options.ts'
import { Plumbing } from './pipeline/plumbing.ts'
import { checkPrograms } from './pipeline/program.ts'
import { type PipelineResult, type PipelineStage, resultOf, stageOf } from './pipeline/stage.ts'

export type { PipelineCommand, PipelineOptions } from './pipeline/options.ts'
export type { PipelineResult, PipelineStage, StageExit } from './pipeline/stage.ts'

/**
 * Commands joined by pipes of the kernel: `Pipeline.start(['sort'], ['uniq', '-c'])` is `sort | uniq -c` without a shell.
 * What they pass on never goes through this process. pipe(7), dup2(2)
 */
export class Pipeline {
  /** Writes to the first command, which sees the end when this is closed. Undefined unless `stdin` is `'pipe'`. */
  readonly stdin: PipeWriter | undefined
  /** Reads what the last command writes. Undefined unless `stdout` is `'pipe'`. */
  readonly stdout: PipeReader | undefined
  /** Reads what all commands write to their standard error. Undefined unless `stderr` is `'pipe'`. */
  readonly stderr: PipeReader | undefined
  readonly stages: readonly PipelineStage[]
  /**
   * How they all ended, when the last one has. A status other than 0 is no error: look at it. Rejects with the signal's reason
   * after an abort, or with what kept a command from starting; then, too, all have ended.
   */
  readonly exited: Promise<PipelineResult>
  readonly #children: readonly ChildProcess[]
  readonly #killSignal: NodeJS.Signals

  private constructor(commands: readonly PipelineCommand[], options: PipelineOptions) {
    const plumbing = new Plumbing(commands.length, options)
    this.#children = startAll(commands, options, plumbing)
    this.#killSignal = options.killSignal ?? 'SIGTERM'
    this.stages = this.#children.map((child, index) => stageOf(commands[index] as PipelineCommand, child))
    this.stdout = plumbing.stdout
    this.stderr = plumbing.stderr
    if (options.input === undefined) this.stdin = plumbing.stdin
    else if (plumbing.stdin !== undefined) feed(plumbing.stdin, options.input)
    this.exited = this.#ended(options.signal)
    this.exited.catch(() => {}) // whoever reads `stdout` first looks at it later
    if (this.stages.some(({ pid }) => pid === undefined)) this.kill('SIGKILL')
  }

  /**
   * Starts the commands. Throws, before any has been started: TypeError and RangeError for misuse; SysError with ENOENT or
   * EACCES for a command or `cwd` that is not there or may not be used; EMFILE; EBADF and EBUSY for what is given as a stream.
   */
  static start(...commands: PipelineCommand[]): Pipeline
  static start(...commands: [...PipelineCommand[], PipelineOptions]): Pipeline
  static start(...given: unknown[]): Pipeline {
    const { commands, options } = takeArguments(given)
    options.signal?.throwIfAborted()
    checkPrograms(commands, options)
    return new Pipeline(commands, options)
  }

  /** Sends `signal` (default: `killSignal`) to all commands that still run. Whether there was one. */
  kill(signal: NodeJS.Signals = this.#killSignal): boolean {
    checkSignal(signal)
    return this.#children.map((child) => send(child, signal)).includes(true)
  }

  /** Commands that run keep the event loop running: the default. */
  ref(): this {
    for (const one of [...this.#children, this.stdin, this.stdout, this.stderr]) one?.ref()
    return this
  }

  /** Commands that run, and operations on our ends, do not keep the event loop running. */
  unref(): this {
    for (const one of [...this.#children, this.stdin, this.stdout, this.stderr]) one?.unref()
    return this
  }

  /** Closes our ends and ends, with SIGKILL, what still runs. For a gentle end: `kill()`, then `await exited`. */
  [Symbol.dispose](): void {
    for (const end of [this.stdin, this.stdout, this.stderr]) end?.close()
    this.kill('SIGKILL')
  }

  /** As dispose, and waits until no command is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]()
    await Promise.allSettled(this.stages.map(({ exited }) => exited))
  }

  toString(): string {
    return `pipeline ${this.stages.map(({ command }) => command.join(' ')).join(' | ')}`
  }

  async #ended(signal: AbortSignal | undefined): Promise<PipelineResult> {
    const all = this.stages.map(({ exited }) => exited)
    let aborted = false
    const onAbort = (): void => {
      aborted = this.kill() // false: all had ended, and the abort comes too late
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    const settled = await Promise.allSettled(all)
    signal?.removeEventListener('abort', onAbort)
    if (aborted) throw signal?.reason
    for (const one of settled) if (one.status === 'rejected') throw one.reason
    return resultOf(await Promise.all(all))
  }
}

/** Not for a child that could not be made: libuv would then call kill(0, signal), for our whole process group. */
function send(child: ChildProcess, signal: NodeJS.Signals): boolean {
  return child.pid !== undefined && child.kill(signal)
}

/** Starts them from first to last. When one cannot even be tried, those before it are ended and its error is thrown. */
function startAll(
  commands: readonly PipelineCommand[],
  { cwd, env }: PipelineOptions,
  plumbing: Plumbing,
): ChildProcess[] {
  const children: ChildProcess[] = []
  try {
    for (const [index, [program, ...args]] of commands.entries()) {
      const stdio = [...(plumbing.streams[index] ?? [])]
      children.push(spawn(program, args, { stdio, cwd, env }))
      plumbing.handOver(index)
    }
    return children
  } catch (error) {
    plumbing.closeAll()
    for (const child of children) {
      child.on('error', () => {}) // one that had failed before
      send(child, 'SIGKILL')
    }
    throw error
  }
}

/** Writes all of it, or as much as the first command wants to read. */
async function feed(stdin: PipeWriter, input: Bytes): Promise<void> {
  try {
    await stdin.write(bytesOf(input))
  } catch {
    // EPIPE: it has read enough, which is its own business; EBADF: disposed
  } finally {
    stdin.close()
  }
}
