// What test files cost: the processor's time, which does not depend on what else the machine does.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'

const TICK_MS = 10 // USER_HZ is 100 on every Linux that Node runs on
const CUTIME = 16
const CSTIME = 17

/** Milliseconds of user and system time of this process's children that have ended, and of theirs. proc_pid_stat(5) */
export function usedByChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')')).split(' ')
  const at = (index: number): number => Number(fields[index - 2]) // the first two are before the bracket
  return (at(CUTIME) + at(CSTIME)) * TICK_MS
}

/** The dearest first, and the sum of each folder. */
export function costTable(costs: readonly (readonly [file: string, milliseconds: number])[]): string {
  const folders = new Map<string, number>()
  for (const [file, cost] of costs) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + cost)
  const all = costs.reduce((sum, [, cost]) => sum + cost, 0)
  const rows = [...dearest(costs), ...dearest([...folders]), ['everything', all] as const]
  return [
    'CPU seconds',
    ...rows.map(([what, cost]) => `${(cost / 1000).toFixed(2).padStart(7)}  ${what}`),
  ].join('\n')
}

function dearest(costs: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  return [...costs].sort(([, one], [, other]) => other - one)
}
