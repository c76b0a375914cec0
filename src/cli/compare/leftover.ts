// What a mechanism makes that stays when nobody uses it any more: somebody must remove it.
import { rmSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EIDRM, EINVAL, ENOENT } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { mq_unlink } from '../../sys/mqueue.ts'
import { shmctl } from '../../sys/sysv-memory.ts'
import { msgctl } from '../../sys/sysv-queue.ts'
import { semctl } from '../../sys/sysv-semaphore.ts'

/** Plain JSON: the sides are told, too, since one of them may be the last that can remove it. */
export type Leftover =
  | { readonly is: 'path'; readonly path: string }
  | { readonly is: 'sysv-mq' | 'sysv-sem' | 'sysv-shm'; readonly id: number }
  /** Without the slash, as the system calls take it. */
  | { readonly is: 'posix-mq'; readonly name: string }

/** Removes it; nothing happens if it is gone already. By the plain calls: a side shall not load classes for this. */
export function removeLeftover(leftover: Leftover): void {
  const result = remove(leftover)
  if (result !== EINVAL && result !== EIDRM && result !== ENOENT) must(result, 'remove', { on: leftover.is })
}

function remove(leftover: Leftover): number {
  const { IPC_RMID } = constants
  switch (leftover.is) {
    case 'path':
      rmSync(leftover.path, { recursive: true, force: true })
      return 0
    case 'sysv-mq':
      return msgctl(leftover.id, IPC_RMID)
    case 'sysv-sem':
      return semctl(leftover.id, 0, IPC_RMID)
    case 'sysv-shm':
      return shmctl(leftover.id, IPC_RMID)
    case 'posix-mq':
      return mq_unlink(leftover.name)
  }
}
