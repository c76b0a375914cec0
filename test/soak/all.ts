// Every long proof there is.
import { addressSoak } from './address.ts'
import { channelDeathSoak, channelKillSoak } from './channel.ts'
import { channelLiesSoak } from './channel-lies.ts'
import { conditionSoak } from './condition.ts'
import { conditionKillSoak } from './condition-kills.ts'
import { criticalSectionSoak } from './critical-section.ts'
import { fifoSoak } from './fifo.ts'
import { framingSoak } from './framing.ts'
import { mutexSoak, rwLockSoak } from './lock.ts'
import { mappingSoak } from './mapping.ts'
import { pipeSoak } from './pipe.ts'
import { pipeOrderSoak } from './pipe-order.ts'
import { posixQueueSoak } from './posix-queue.ts'
import { posixQueueKillSoak } from './posix-queue-kills.ts'
import { semaphoreSoak } from './semaphore.ts'
import { serviceSoak } from './service.ts'
import { signalSoak } from './signal.ts'
import type { Soak } from './soak.ts'
import { socketAbortSoak, socketCycleSoak } from './socket.ts'
import { sysvMemorySoak } from './sysv-memory.ts'
import { sysvQueueSoak } from './sysv-queue.ts'
import { sysvQueueKillSoak } from './sysv-queue-kills.ts'
import { semaphoreAbortSoak, semaphoreKillSoak, semaphoreOpenSoak } from './sysv-semaphores.ts'
import { printSoak, scanSoak } from './text.ts'
import { topicKillSoak } from './topic.ts'

export const soaks: readonly Soak[] = [
  addressSoak,
  mappingSoak,
  pipeSoak,
  pipeOrderSoak,
  printSoak,
  scanSoak,
  framingSoak,
  fifoSoak,
  signalSoak,
  semaphoreSoak,
  posixQueueSoak,
  posixQueueKillSoak,
  conditionSoak,
  conditionKillSoak,
  mutexSoak,
  rwLockSoak,
  criticalSectionSoak,
  sysvQueueSoak,
  sysvQueueKillSoak,
  semaphoreKillSoak,
  semaphoreOpenSoak,
  semaphoreAbortSoak,
  sysvMemorySoak,
  socketAbortSoak,
  socketCycleSoak,
  channelDeathSoak,
  channelKillSoak,
  serviceSoak,
  topicKillSoak,
  channelLiesSoak,
]
