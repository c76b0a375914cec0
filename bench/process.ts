// Starting the processes of a trial and waiting for them.
import { type ChildProcess, spawn } from 'node:child_process'

export interface Side {
  readonly command: readonly string[]
  /** The processor to run on; undefined: any. */
  readonly cpu: number | undefined
  /** Its descriptors from 3 upwards. */
  readonly descriptors: readonly number[]
}

/** A side that takes longer than this has lost its peer. Milliseconds. */
const STUCK = 120_000

export interface Running {
  /** Kills it, if it still runs. */
  stop(): void
  /** Its standard output, once it has ended well; rejects if it failed. */
  readonly output: Promise<string>
}

export function start({ command, cpu, descriptors }: Side): Running {
  const [program = '', ...args] = cpu === undefined ? command : ['taskset', '-c', `${cpu}`, ...command]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', ...descriptors] })
  const stop = (): void => {
    child.kill('SIGKILL')
  }
  return { stop, output: finished(child, command) }
}

function finished(child: ChildProcess, command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), STUCK)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve(output)
      else reject(new Error(`${command.join(' ')} ended with ${signal ?? code}: ${errors.trim()}`))
    })
  })
}

const running = new Set<Running>()

/** Runs the sides to their end and gives what each printed. If one fails, the others are killed. */
export async function runSides(sides: readonly Running[]): Promise<string[]> {
  for (const side of sides) running.add(side)
  try {
    return await Promise.all(sides.map((side) => side.output))
  } finally {
    for (const side of sides) side.stop()
    await Promise.allSettled(sides.map((side) => side.output))
    for (const side of sides) running.delete(side)
  }
}

/** For an interrupted run. */
export function stopAll(): void {
  for (const side of running) side.stop()
}
