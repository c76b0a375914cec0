// What is seen while a comparison runs: a line redrawn on a terminal, or a line per mechanism where there is none.
import { basename } from 'node:path'
import { formatDone } from '../format/compare.ts'
import { formatProgress, type Progress } from '../format/compare-progress.ts'
import type { Output } from '../io.ts'
import type { Plan, Row } from './model.ts'
import type { Step } from './trial.ts'

/** Milliseconds between two drawings. */
const REDRAW = 100
const ERASE = '\r\x1b[K'

/** What reading the source is worth, in mechanisms. */
const READING = 0.2
/** Shares of a mechanism's work before its first pass. */
const STARTED = 0.05
const TALKED = 0.2

export class ProgressLine {
  readonly #output: Output
  readonly #plan: Plan
  readonly #quiet: boolean
  readonly #timer: NodeJS.Timeout | undefined
  #progress: Progress | undefined
  #drawn = false
  #done = 0
  /** Bytes per second of the mechanism's last pass. */
  #rate = 0

  /** `quiet`: nothing at all where there is no terminal. */
  constructor(output: Output, { plan, quiet }: { readonly plan: Plan; readonly quiet: boolean }) {
    this.#output = output
    this.#plan = plan
    this.#quiet = quiet
    if (output.isTerminal) this.#timer = setInterval(() => this.#draw(), REDRAW)
  }

  reading(done: number): void {
    const { path, size, mechanisms } = this.#plan
    const share = ((done / (size || 1)) * READING) / (READING + mechanisms.length)
    this.#progress = { what: `reading ${basename(path)}`, share, bytes: { done, size, perSecond: 0 } }
  }

  step(step: Step): void {
    const { passes, warmUp, size } = this.#plan
    const { mechanism, phase, pass, done, seconds } = step
    if (phase === 'starting') this.#rate = 0
    if (seconds !== undefined && seconds > 0) this.#rate = size / seconds
    const what = phase === 'pass' ? `${mechanism}: pass ${pass} of ${passes}` : `${mechanism}: ${phase}`
    const talking = phase === 'starting' || phase === 'round trips'
    // All passes of the mechanism together: one alone may be over in a blink.
    const before = warmUp ? pass : pass - 1
    const bytes = {
      done: before * size + done,
      size: (passes + (warmUp ? 1 : 0)) * size,
      perSecond: this.#rate,
    }
    const share =
      (READING + this.#done + shareOf(step, this.#plan)) / (READING + this.#plan.mechanisms.length)
    this.#progress = { what, share, bytes: talking ? undefined : bytes }
  }

  row(row: Row): void {
    this.#done++
    if (!this.#output.isTerminal && !this.#quiet) {
      this.#output.write(formatDone(row, this.#done, this.#plan.mechanisms.length))
    }
  }

  /** Leaves the line empty, for other text. The next step draws it anew. */
  erase(): void {
    if (this.#drawn) this.#output.write(ERASE)
    this.#drawn = false
    this.#progress = undefined
  }

  /** Erases it for good. */
  end(): void {
    clearInterval(this.#timer)
    this.erase()
  }

  #draw(): void {
    if (this.#progress === undefined) return
    const { columns = 80 } = this.#output
    const line = formatProgress(this.#progress, columns, (style, text) => this.#output.paint(style, text))
    this.#output.write(ERASE + line)
    this.#drawn = true
  }
}

/** How much of a mechanism's work is done, 0 to 1; the checksum is the second half of a pass. */
function shareOf({ phase, pass, done }: Step, { passes, warmUp, size }: Plan): number {
  if (phase === 'starting') return 0
  if (phase === 'round trips') return STARTED
  const ofPass = phase === 'checksum' ? 0.75 : done / (size || 1) / 2
  const [before, all] = warmUp ? [pass, passes + 1] : [pass - 1, passes]
  return TALKED + ((1 - TALKED) * (before + ofPass)) / all
}
