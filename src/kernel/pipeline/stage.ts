// One command of a pipeline, running.
import type { ChildProcess } from 'node:child_process'
import { constants as os } from 'node:os'
import type { PipelineCommand } from './options.ts'

/** How a command ended: one of the two is not null. */
export interface StageExit {
  /** What it gave to exit(3): 0 to 255. */
  readonly code: number | null
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null
}

/** One command of a pipeline. */
export interface PipelineStage {
  readonly command: PipelineCommand
  /** Undefined if the process could not be made: `exited` then rejects. */
  readonly pid: number | undefined
  readonly exited: Promise<StageExit>
}

/** What all commands of a pipeline came to. */
export interface PipelineResult {
  /**
   * As `$?` of a shell with `set -o pipefail`: that of the last command that failed, 128 + n for one that signal n ended;
   * 0 if all succeeded.
   */
  readonly status: number
  /** Of each command, in their order. */
  readonly stages: readonly StageExit[]
}

export function stageOf(command: PipelineCommand, child: ChildProcess): PipelineStage {
  const exited = new Promise<StageExit>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  exited.catch(() => {}) // `exited` of the pipeline says it
  return { command, pid: child.pid, exited }
}

export function resultOf(stages: readonly StageExit[]): PipelineResult {
  return { status: stages.map(statusOf).findLast((status) => status !== 0) ?? 0, stages }
}

function statusOf({ code, signal }: StageExit): number {
  return code ?? 128 + (signal === null ? 0 : os.signals[signal])
}
