// Taking over a descriptor that came from outside.
import { fstatSync } from 'node:fs'
import { Fd } from '../../sys/fd.ts'
import type { Origin } from './end.ts'
import { NotAPipeError } from './not-a-pipe.ts'

/** Makes an end of class `End` of descriptor `fd`. */
export function adopt<T>(fd: number, label: string, End: new (handle: Fd, origin: Origin) => T): T {
  const handle = Fd.adopt(fd, label)
  if (!fstatSync(fd).isFIFO()) {
    handle.release()
    throw new NotAPipeError(`fd ${fd}`)
  }
  return new End(handle, {})
}
