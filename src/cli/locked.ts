// A command that runs while a lock is held.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { SignalListener } from '../kernel/signal/listener.ts'
import { SysError } from '../sys/error.ts'
import { FAILED, report } from './exit.ts'
import type { Io } from './io.ts'
import type { Lockable } from './lane/lockable.ts'
import type { Taking } from './lane/take.ts'

export interface Program {
  readonly program: string
  readonly args: readonly string[]
}

// As shells and env(1) have them.
const NOT_FOUND = 127
const NOT_RUNNABLE = 126
const BY_SIGNAL = 128

/** Runs it under the lock; gives its exit status. Errors: those of taking the lock. */
export async function runLocked(
  program: Program,
  lockable: Lockable,
  { io, ...taking }: Taking & { readonly io: Io },
): Promise<number> {
  using signals = new Signals()
  try {
    const giveBack = await lockable.take({ ...taking, signal: signals.beforeStart })
    let status: number
    try {
      signals.beforeStart.throwIfAborted()
      status = await run(program, signals, io)
    } catch (error) {
      giveBack()
      throw error
    }
    return gaveBack(giveBack, io) || status !== 0 ? status : FAILED
  } catch (error) {
    if (error instanceof Interrupted) signals.dieOf(error.signal)
    throw error
  } finally {
    lockable.close()
  }
}

/** False, and told, if that failed: somebody has removed the semaphore. */
function gaveBack(giveBack: () => void, io: Io): boolean {
  try {
    giveBack()
    return true
  } catch (error) {
    report(error, io, 'lock')
    return false
  }
}

function run({ program, args }: Program, signals: Signals, io: Io): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.on('exit', (code, signal) =>
      resolve(code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])),
    )
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return // it runs; a signal did not reach it
      report(new SysError(error.errno ?? 0, 'execve', { on: program }), io, 'lock')
      resolve(error.code === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE)
    })
    signals.passTo(child)
  })
}

const PASSED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2'] as const

/** A signal came while the lock was awaited. */
class Interrupted extends Error {
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super(signal)
    this.signal = signal
  }
}

/** Signals to this process: before the command runs they end the wait, then they are the command's. */
class Signals {
  readonly #listener = SignalListener.open(PASSED).unref()
  readonly #waiting = new AbortController()
  #child: ChildProcess | undefined

  constructor() {
    void this.#relay()
  }

  /** Aborted by the first signal that comes before the command runs. */
  get beforeStart(): AbortSignal {
    return this.#waiting.signal
  }

  passTo(child: ChildProcess): void {
    this.#child = child
  }

  dieOf(signal: NodeJS.Signals): void {
    this.#listener.close()
    process.kill(process.pid, signal)
  }

  [Symbol.dispose](): void {
    this.#listener.close()
  }

  async #relay(): Promise<void> {
    for await (const { signal, source } of this.#listener) {
      const name = signal as NodeJS.Signals
      if (this.#child === undefined) this.#waiting.abort(new Interrupted(name))
      // A terminal sends to the command, too, as it does to every process of the foreground.
      else if (source !== 'kernel') this.#child.kill(name)
    }
  }
}
