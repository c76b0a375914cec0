// /proc/PID: who a process is.
import { readdirSync, readFileSync } from 'node:fs'
import type { Process } from '../model.ts'

/** A kernel thread has no memory and no descriptors of its own (PF_KTHREAD in linux/sched.h). */
const KERNEL_THREAD = 0x00200000

export interface FoundProcess extends Process {
  readonly kernelThread: boolean
}

export function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[1-9][0-9]*$/.test(name))
    .map(Number)
}

/** The process, or undefined if it has ended meanwhile. */
export function readProcess(pid: number): FoundProcess | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    const uid = /^Uid:\t\d+\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { pid, ...stat, uid: Number(uid ?? -1), args: readArguments(pid) }
  } catch {
    return undefined
  }
}

/** The fields wanted of proc_pid_stat(5). The name may hold spaces, parentheses and newlines. */
export function parseStat(
  text: string,
): Pick<FoundProcess, 'command' | 'state' | 'parent' | 'startTime' | 'kernelThread'> {
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ') // from field 3 on
  const field = (number: number): string => fields[number - 3] ?? ''
  return {
    command: text.slice(text.indexOf('(') + 1, end),
    state: field(3),
    parent: Number(field(4)),
    kernelThread: (Number(field(9)) & KERNEL_THREAD) !== 0,
    startTime: Number(field(22)),
  }
}

function readArguments(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}
