// Pipeline: several commands joined by kernel pipes, as a shell does with `a | b | c`.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants as os } from 'node:os'
import { Pipe } from './pipe/pipe.ts'
import { PipeReader } from './pipe/reader.ts'
import { PipeWriter } from './pipe/writer.ts'

export type Command = readonly [string, ...string[]]
/** How a stage ended: one of the two is not null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}
export interface Stage {
  readonly command: Command
  readonly pid: number | undefined
  readonly exited: Promise<Exit>
}
export interface PipelineOptions {
  readonly stdin?: 'pipe' | 'inherit' | 'ignore' | PipeReader | number
  readonly stdout?: 'pipe' | 'inherit' | 'ignore' | PipeWriter | number
  readonly stderr?: 'inherit' | 'ignore' | PipeWriter | number
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
}
export interface PipelineResult {
  /** As with `set -o pipefail`: of the last stage that failed, 128 + n for one that died by signal n; 0 if all succeeded. */
  readonly status: number
  readonly stages: readonly Exit[]
}

export class Pipeline {
  readonly stdin: PipeWriter | undefined
  readonly stdout: PipeReader | undefined
  readonly stages: readonly Stage[]
  readonly exited: Promise<PipelineResult>
  readonly #children: readonly ChildProcess[]

  private constructor(commands: readonly Command[], options: PipelineOptions) {
    const opened: Pipe[] = []
    const pipe = (): Pipe => {
      const made = Pipe.create()
      opened.push(made)
      return made
    }
    const input = options.stdin === undefined || options.stdin === 'pipe' ? pipe() : undefined
    const output = options.stdout === undefined || options.stdout === 'pipe' ? pipe() : undefined
    const stderr =
      options.stderr instanceof PipeWriter ? options.stderr.inherit() : (options.stderr ?? 'inherit')
    const children: ChildProcess[] = []
    const fdOf = (end: PipeReader | PipeWriter | string | number | undefined): string | number | undefined =>
      end instanceof PipeReader || end instanceof PipeWriter ? end.inherit() : end
    let from: PipeReader | string | number | undefined = input?.reader ?? (options.stdin as PipeReader)
    for (const [index, [file, ...args]] of commands.entries()) {
      const next = index === commands.length - 1 ? output : pipe()
      const to = next?.writer ?? options.stdout
      children.push(
        spawn(file, args, {
          stdio: [fdOf(from) as number, fdOf(to) as number, stderr],
          cwd: options.cwd,
          env: options.env,
          signal: options.signal,
        }),
      )
      if (from instanceof PipeReader) from.close()
      next?.writer.close()
      from = next?.reader
    }
    this.#children = children
    this.stdin = input?.writer
    this.stdout = output?.reader
    this.stages = children.map((child, index) => ({
      command: commands[index] as Command,
      pid: child.pid,
      exited: new Promise<Exit>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', (code, signal) => resolve({ code, signal }))
      }),
    }))
    this.exited = Promise.all(this.stages.map((stage) => stage.exited)).then((stages) => ({
      stages,
      status: stages.map(statusOf).findLast((status) => status !== 0) ?? 0,
    }))
  }

  static start(...stages: Command[]): Pipeline
  static start(...stages: [...Command[], PipelineOptions]): Pipeline
  static start(...stages: (Command | PipelineOptions)[]): Pipeline {
    const last = stages.at(-1)
    const options = last === undefined || Array.isArray(last) ? {} : (last as PipelineOptions)
    return new Pipeline(stages.filter((stage) => Array.isArray(stage)) as unknown as Command[], options)
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    for (const child of this.#children) child.kill(signal)
  }
}

function statusOf({ code, signal }: Exit): number {
  return code ?? 128 + (signal === null ? 0 : os.signals[signal])
}
