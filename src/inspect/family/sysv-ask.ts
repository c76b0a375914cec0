// What /proc/sysvipc does not tell, asked of the objects themselves: msgctl(2), semctl(2). The values of semaphores may be
// read only by those whom their mode allows.
import { constants } from '../../sys/constants.ts'
import { msgctl } from '../../sys/sysv-queue.ts'
import { semctl } from '../../sys/sysv-semaphore.ts'
import type { SysvSemaphoreState } from '../model.ts'

// struct msqid64_ds on 64-bit machines.
const MSQID_BYTES = 120
const CAPACITY_AT = 88
/** An identifier's low bits are its slot, unless the kernel was started with ipcmni_extend; then the answer is another's. */
const SLOTS = 0x8000

/** msg_qbytes, which is told of every queue; null if it is gone. */
export function queueCapacity(identifier: number): number | null {
  const about = new DataView(new ArrayBuffer(MSQID_BYTES))
  const answers = [
    () => msgctl(identifier % SLOTS, constants.MSG_STAT_ANY, about) === identifier,
    () => msgctl(identifier, constants.IPC_STAT, about) === 0,
  ]
  return answers.some((ask) => ask()) ? Number(about.getBigUint64(CAPACITY_AT, true)) : null
}

/** Each semaphore of a set; null if they may not be read. Not all at the same moment. */
export function semaphoreStates(identifier: number, count: number): SysvSemaphoreState[] | null {
  const values = new Uint16Array(count)
  if (semctl(identifier, 0, constants.GETALL, values) < 0) return null
  const states: SysvSemaphoreState[] = []
  for (const [index, value] of values.entries()) {
    const ask = (command: number): number => semctl(identifier, index, command)
    const [waiting, waitingForZero] = [ask(constants.GETNCNT), ask(constants.GETZCNT)]
    const pid = ask(constants.GETPID)
    if (waiting < 0 || waitingForZero < 0 || pid < 0) return null // removed meanwhile
    states.push({ value, waiting, waitingForZero, lastPid: pid === 0 ? null : pid })
  }
  return states
}
