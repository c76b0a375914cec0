// The mechanisms, in the order in which they are compared. A new one is a file in mechanisms/ and a line here.
import type { EventMechanism, Mechanism } from './mechanism.ts'
import { mechanism as dgram } from './mechanisms/dgram.ts'
import { mechanism as fifo } from './mechanisms/fifo.ts'
import { mechanism as memfd } from './mechanisms/memfd.ts'
import { mechanism as mmap } from './mechanisms/mmap.ts'
import { mechanism as pipe } from './mechanisms/pipe.ts'
import { mechanism as posixQueue } from './mechanisms/posix-mq.ts'
import { mechanism as posixSemaphore } from './mechanisms/posix-sem.ts'
import { mechanism as posixShm } from './mechanisms/posix-shm.ts'
import { mechanism as seqpacket } from './mechanisms/seqpacket.ts'
import { mechanism as signal } from './mechanisms/signal.ts'
import { mechanism as splice } from './mechanisms/splice.ts'
import { mechanism as sysvQueue } from './mechanisms/sysv-mq.ts'
import { mechanism as sysvSemaphores } from './mechanisms/sysv-sem.ts'
import { mechanism as sysvMemory } from './mechanisms/sysv-shm.ts'
import { mechanism as tcp } from './mechanisms/tcp.ts'
import { mechanism as unix } from './mechanisms/unix.ts'

export const mechanisms: readonly (Mechanism | EventMechanism)[] = [
  pipe,
  splice,
  fifo,
  unix,
  seqpacket,
  dgram,
  tcp,
  sysvQueue,
  posixQueue,
  sysvMemory,
  posixShm,
  memfd,
  mmap,
  sysvSemaphores,
  posixSemaphore,
  signal,
]
