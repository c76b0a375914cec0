// pipe(2), mkfifo(3), splice(2), tee(2), vmsplice(2). All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** pipe2(2): the two ends, or `-errno`. */
export const pipe2: (flags: number) => [reader: number, writer: number] | number = native.pipe2
/** mkfifoat(3). */
export const mkfifoat: (dirfd: number, path: string, mode: number) => number = native.mkfifoat
/** splice(2); an offset of -1 stands for NULL. */
export const splice: (
  from: number,
  fromOffset: number,
  to: number,
  toOffset: number,
  length: number,
  flags: number,
) => number = native.splice
/** tee(2). */
export const tee: (from: number, to: number, length: number, flags: number) => number = native.tee
/** vmsplice(2) of one buffer, whose pages must stay as they are until the pipe is drained. */
export const vmsplice: (to: number, buffer: BufferSource, flags: number) => number = native.vmsplice
