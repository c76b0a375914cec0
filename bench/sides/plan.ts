// What one side of a trial is told on its command line, and what it says when it has finished.
// The same as bench/c/plan.h.
import { readFileSync } from 'node:fs'

export type Role = 'sender' | 'receiver' | 'caller' | 'answerer'

export interface Plan {
  readonly role: Role
  readonly mechanism: string
  /** Bytes of a message. */
  readonly size: number
  /** Messages, or round trips, before the timed part. */
  readonly warmUp: number
  /** Messages, or round trips, in the timed part. */
  readonly count: number
  /** The directory of the FIFOs, or `spin` or `sleep` for the mapping. */
  readonly extra: string
}

/** What the side that holds the clock prints as one line of JSON. */
export interface Measured {
  readonly nanoseconds: number
  /** The kernel's own count of read and write calls in the timed part, -1 where it keeps none. */
  readonly calls: number
}

const roles: readonly string[] = ['sender', 'receiver', 'caller', 'answerer']

function isRole(text: string): text is Role {
  return roles.includes(text)
}

export function takePlan(args: readonly string[] = process.argv.slice(2)): Plan {
  const [role = '', mechanism = '', size, warmUp, count, extra = ''] = args
  if (args.length !== 6 || !isRole(role)) throw new Error('usage: ROLE MECHANISM SIZE WARM_UP COUNT EXTRA')
  return { role, mechanism, size: Number(size), warmUp: Number(warmUp), count: Number(count), extra }
}

/** The side that opens `there` for writing: the sender, or the caller of a round trip. */
export function speaksFirst(plan: Plan): boolean {
  return plan.role === 'sender' || plan.role === 'caller'
}

/** The kernel's own count of this process's read and write calls, or -1 where it keeps none (proc_pid_io(5)). */
export function countCalls(): number {
  try {
    const io = readFileSync('/proc/self/io', 'latin1')
    const reads = /syscr: (\d+)/.exec(io)?.[1]
    const writes = /syscw: (\d+)/.exec(io)?.[1]
    return reads === undefined || writes === undefined ? -1 : Number(reads) + Number(writes)
  } catch {
    return -1
  }
}

/** Starts the clock; the function it gives stops it and prints the line. */
export function startClock(): () => void {
  const calls = countCalls()
  const start = process.hrtime.bigint()
  return () => {
    const nanoseconds = Number(process.hrtime.bigint() - start)
    const measured: Measured = { nanoseconds, calls: calls < 0 ? -1 : countCalls() - calls }
    console.log(JSON.stringify(measured))
  }
}
