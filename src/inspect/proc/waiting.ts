// /proc/PID/task/TID/syscall: threads that sleep in a system call, and its arguments; proc_pid_syscall(5).
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'

export interface SleepingThread {
  readonly pid: number
  readonly thread: number
  readonly call: string
  /** Its first argument. */
  readonly argument: number
}

const CALLS: ReadonlyMap<number, string> = new Map([
  [constants.SYS_msgsnd, 'msgsnd'],
  [constants.SYS_msgrcv, 'msgrcv'],
  [constants.SYS_semop, 'semop'],
  [constants.SYS_semtimedop, 'semtimedop'],
  [constants.SYS_mq_timedsend, 'mq_timedsend'],
  [constants.SYS_mq_timedreceive, 'mq_timedreceive'],
])

/** Threads of the process that sleep in a call of a queue or a semaphore set; none if this process may not look. */
export function sleepingThreads(pid: number): SleepingThread[] {
  return attempt(() => readdirSync(`/proc/${pid}/task`), []).flatMap((thread) => {
    const text = attempt(() => readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'utf8'), '')
    const [number = '', argument = ''] = text.split(' ')
    const call = CALLS.get(Number(number === '' ? Number.NaN : number))
    return call === undefined ? [] : [{ pid, thread: Number(thread), call, argument: Number(argument) }]
  })
}

/** Whether the process lives in our IPC namespace: elsewhere the same identifiers mean other objects. */
export function sharesOurObjects(pid: number): boolean {
  const ours = attempt(() => readlinkSync('/proc/self/ns/ipc'), 'ours')
  return attempt(() => readlinkSync(`/proc/${pid}/ns/ipc`), 'theirs') === ours
}

/** A process may end, or be nobody's to look into. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
