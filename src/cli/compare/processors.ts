// Which processors the two sides run on. Left to itself the scheduler puts them on one processor or on two, as it
// likes, and a round trip takes 7 or 40 µs for that reason alone.
import { readFileSync } from 'node:fs'
import { must } from '../../sys/error.ts'
import { waitCall } from '../../wait/call.ts'
import type { Role } from './model.ts'

/** A processor for each side. */
export type Processors = Readonly<Record<Role, number>>

// sched_setaffinity(2), where we know its number.
const SYSCALLS: Readonly<Record<string, number>> = { x64: 203, arm64: 122 }
const MASK_BYTES = 128

/** The numbers of a list such as `0-2,5`. */
export function parseList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}

/** Two cores of one package where there are such: neither hyperthreads of one core nor two sockets. */
export function choose(
  allowed: readonly number[],
  topology: (cpu: number, list: string) => number[],
): Processors | null {
  const [sender, ...others] = allowed
  if (sender === undefined || others.length === 0) return null
  const [core, near] = [topology(sender, 'thread_siblings_list'), topology(sender, 'core_siblings_list')]
  const rank = (cpu: number): number => (core.includes(cpu) ? 2 : near.includes(cpu) ? 0 : 1)
  const [receiver = sender] = others.toSorted((a, b) => rank(a) - rank(b))
  return { sender, receiver }
}

/** What is right for this machine; null on a single processor, or where processes may not be pinned. */
export async function twoProcessors(): Promise<Processors | null> {
  const status = readFileSync('/proc/self/status', 'latin1')
  const allowed = parseList(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '')
  const processors = choose(allowed, (cpu, list) => {
    try {
      return parseList(readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/${list}`, 'latin1'))
    } catch {
      return [] // not shown in every container
    }
  })
  // Tried on ourselves, with what we may use anyway.
  return processors !== null && (await setAffinity(allowed)) >= 0 ? processors : null
}

/** From now on this process's main thread runs on one processor only. */
export async function pin(cpu: number): Promise<void> {
  must(await setAffinity([cpu]), 'sched_setaffinity', { on: `processor ${cpu}` })
}

/** Of the main thread, whose number is the process's. Gives 0 or `-errno`; -1 where the call is not known. */
async function setAffinity(cpus: readonly number[]): Promise<number> {
  const number = SYSCALLS[process.arch]
  if (number === undefined) return -1
  const mask = new Uint8Array(MASK_BYTES)
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7))
  const call = { number, name: 'sched_setaffinity', args: [process.pid, MASK_BYTES, mask] }
  return (await waitCall(call)).result
}
