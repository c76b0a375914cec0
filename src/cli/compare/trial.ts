// One mechanism's turn: two fresh processes, messages, passes of the file, checksums.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CleanUps } from './cleanups.ts'
import type { Destination } from './destination.ts'
import { removeLeftover } from './leftover.ts'
import { type EventMechanism, type Mechanism, PIECE_BYTES, type Stage } from './mechanism.ts'
import type { Row, SourceFile } from './model.ts'
import { Pair } from './pair.ts'
import type { Processors } from './processors.ts'
import { emptyRow, eventRow, filledRow, type Pass } from './row.ts'
import type { Rounds } from './side/rounds.ts'
import type { Source } from './source.ts'

/** What a trial is doing. */
export type Phase = 'starting' | 'round trips' | 'warm-up' | 'pass' | 'checksum'

export interface Step {
  readonly mechanism: string
  readonly phase: Phase
  /** Of passes: which one, from 1 on. */
  readonly pass: number
  /** Bytes of this pass that have landed. */
  readonly done: number
  /** With `checksum`: how long the pass took. */
  readonly seconds?: number
}

/** A transfer that waits in its middle for somebody to look. */
export interface Held {
  readonly mechanism: string
  readonly at: number
  readonly size: number
  readonly pids: { readonly sender: number; readonly receiver: number }
  readonly commands: readonly string[]
}

export interface Listener {
  step(step: Step): void
  /** Resolves when the transfer is to go on. `over` aborts if it cannot any more. */
  hold?(held: Held, over: AbortSignal): Promise<void>
}

export interface Task {
  readonly source: Source
  readonly file: SourceFile
  readonly destination: Destination
  readonly processors: Processors | null
  readonly rounds: Rounds
  readonly passes: number
  /** One more pass before those that count. */
  readonly warmUp: boolean
  readonly patience: number
  readonly cleanUps: CleanUps
  readonly listener: Listener
}

/** Never rejects because of the mechanism: then the row says why. Rejects if the source has changed. */
export async function trial(mechanism: Mechanism | EventMechanism, task: Task): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-compare-'))
  const removeFolder = task.cleanUps.add(() => rmSync(folder, { recursive: true, force: true }))
  try {
    return await staged(mechanism, task, folder)
  } catch (error) {
    task.source.check() // if it changed, that is the reason for everything
    return emptyRow(mechanism, messageOf(error))
  } finally {
    removeFolder()
  }
}

async function staged(mechanism: Mechanism | EventMechanism, task: Task, folder: string): Promise<Row> {
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const stage = mechanism.prepare({ name, folder, source: task.source })
  const closeStage = task.cleanUps.add(() => {
    stage.close()
    for (const leftover of stage.leftovers) removeLeftover(leftover)
  })
  try {
    return await paired(mechanism, stage, { ...task, folder })
  } finally {
    closeStage()
  }
}

async function paired(
  mechanism: Mechanism | EventMechanism,
  stage: Stage,
  task: Task & { folder: string },
): Promise<Row> {
  const pair = new Pair({
    mechanism,
    stage,
    files: { sender: task.source.fd, receiver: task.destination.fd },
    processors: task.processors,
    leftovers: [...stage.leftovers, { is: 'path', path: task.folder }],
    patience: task.patience,
  })
  const killPair = task.cleanUps.add(() => pair.kill())
  const row = { ...emptyRow(mechanism, null), pids: pair.pids, objects: stage.objects }
  const during = { ...task, mechanism, stage, pair, passesDone: [] as Pass[] }
  try {
    stage.handedOver()
    tell(during, { phase: 'starting' })
    await pair.joined()
    tell(during, { phase: 'round trips' })
    const talked = await pair.talk(task.rounds)
    if ('bytesPerEvent' in mechanism) return eventRow(row, talked)
    const landed = await transfers(during)
    task.source.check()
    return filledRow(row, { file: task.file, talked, passes: during.passesDone, landed })
  } catch (error) {
    task.source.check()
    return { ...row, ok: false, error: messageOf(error) }
  } finally {
    killPair()
    await pair.ended()
  }
}

interface During extends Task {
  readonly mechanism: Mechanism | EventMechanism
  readonly stage: Stage
  readonly pair: Pair
  readonly passesDone: Pass[]
}

/** All passes; gives the checksum of what landed last, or of the first that differs. */
async function transfers(during: During): Promise<string> {
  const { destination, file, passes, warmUp, passesDone } = during
  let landed = ''
  for (let pass = warmUp ? 0 : 1; pass <= passes; pass++) {
    await destination.spoil()
    const moved = await transfer(during, pass)
    if (pass > 0) passesDone.push(moved)
    tell(during, { phase: 'checksum', pass, done: file.size, seconds: moved.seconds })
    const found = await destination.hash()
    landed = found.sha256
    if (landed !== file.sha256) break
  }
  return landed
}

async function transfer(during: During, pass: number): Promise<Pass> {
  const { pair, file, listener, mechanism, stage } = during
  const phase = pass === 0 ? 'warm-up' : 'pass'
  const over = new AbortController()
  const { hold } = listener
  const holdAt = pass === 0 && hold !== undefined ? middle(file.size) : null
  tell(during, { phase, pass })
  try {
    const [sent, received] = await pair.move(file.size, holdAt, {
      progress: (done) => tell(during, { phase, pass, done }),
      async hold(at) {
        const commands = stage.look(pair.pids)
        const held = { mechanism: mechanism.name, at, size: file.size, pids: pair.pids, commands }
        await hold?.call(listener, held, over.signal)
      },
    })
    return { seconds: (received.to - sent.from) / 1e9, counts: [sent.counts, received.counts] }
  } finally {
    over.abort()
  }
}

function middle(size: number): number {
  return Math.floor(size / 2 / PIECE_BYTES) * PIECE_BYTES
}

function tell({ listener, mechanism }: During, step: Pick<Step, 'phase'> & Partial<Step>): void {
  listener.step({ mechanism: mechanism.name, pass: 0, done: 0, ...step })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
