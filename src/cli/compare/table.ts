// The mechanisms, in the order in which they are compared. A new one is a file in mechanisms/ and a line here.
import type { Mechanism } from './mechanism.ts'
import { mechanism as fifo } from './mechanisms/fifo.ts'
import { mechanism as memfd } from './mechanisms/memfd.ts'
import { mechanism as mmap } from './mechanisms/mmap.ts'
import { mechanism as pipe } from './mechanisms/pipe.ts'
import { mechanism as posixShm } from './mechanisms/posix-shm.ts'
import { mechanism as splice } from './mechanisms/splice.ts'

export const mechanisms: readonly Mechanism[] = [pipe, splice, fifo, posixShm, memfd, mmap]
