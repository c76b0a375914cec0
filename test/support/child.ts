// Child processes of a test: started from files, ended by the test's end at the latest.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { cleanUp } from './leaks.ts'
import { compiledFixtures } from './paths.ts'

const WATCHDOG = 30_000

/** How a process ended, and all it wrote to a piped stdout and stderr. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running child. */
export class Child {
  readonly process: ChildProcess
  /** Resolves when the process has ended and its output is complete. */
  readonly ended: Promise<Ended>
  // Not readline's iterator: that stops reading when a thousand lines wait, and the child would never end.
  readonly #lines: string[] = []
  readonly #takers: ((line: string | undefined) => void)[] = []
  #saidAll = false
  #stdout = ''
  #stderr = ''

  constructor(program: string, args: readonly string[], options: SpawnOptions) {
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    if (this.process.stdout !== null) this.#collect(this.process.stdout)
    const watchdog = setTimeout(() => this.process.kill('SIGKILL'), WATCHDOG)
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject)
      this.process.on('close', (code, signal) => {
        clearTimeout(watchdog)
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
    this.ended.catch(() => {}) // reported where it is awaited
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error('the child did not start')
    return this.process.pid
  }

  /** The next line of its stdout; throws with its stderr if it ended instead. */
  async line(): Promise<string> {
    const there = this.#lines.shift()
    if (there !== undefined) return there
    const next = this.#saidAll
      ? undefined
      : await new Promise<string | undefined>((resolve) => this.#takers.push(resolve))
    if (next === undefined) throw new Error(`the child ended early: ${this.#stderr}`)
    return next
  }

  #collect(input: Readable): void {
    const lines = createInterface({ input })
    lines.on('line', (line) => {
      const take = this.#takers.shift()
      if (take === undefined) this.#lines.push(line)
      else take(line)
    })
    lines.on('close', () => {
      this.#saidAll = true
      for (const take of this.#takers.splice(0)) take(undefined)
    })
  }

  /** Writes a line to its stdin. */
  tell(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }
}

/** Starts any program: a compiled C peer, a shell tool, the command. */
export function start(program: string, args: readonly string[] = [], options: SpawnOptions = {}): Child {
  const child = new Child(program, args, options)
  cleanUp(async () => {
    child.process.kill('SIGKILL')
    await child.ended.catch(() => {})
  })
  return child
}

/** Starts test/fixtures/`name`.ts with this Node. */
export function fixture(name: string, args: readonly string[] = [], options: SpawnOptions = {}): Child {
  return start(process.execPath, ['--expose-gc', join(compiledFixtures, `${name}.js`), ...args], options)
}
