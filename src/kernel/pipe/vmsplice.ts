// vmsplice(2): the pages of a mapping laid into a pipe.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { vmsplice as lay } from '../../sys/pipe.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { kindOf } from '../bytes.ts'
import { Mapping } from '../mapping.ts'
import type { Part } from '../mapping-views.ts'
import { isDrained } from './drain.ts'
import { insides, type PipeEnd } from './end.ts'
import { Progress } from './progress.ts'
import { whenReady } from './ready.ts'

/** See PipeWriter.vmsplice. */
export async function vmsplice(
  writer: PipeEnd,
  mapping: Mapping,
  options: (WaitOptions & Part) | undefined,
): Promise<number> {
  const part = partOf(mapping, options)
  const { handle, readiness, calls } = insides(writer)
  const step = (from: number): number => {
    const bytes = from === 0 ? part : part.subarray(from)
    const put = lay(handle.number, bytes, constants.SPLICE_F_NONBLOCK)
    return put >= 0 || put === EAGAIN || put === EINTR
      ? put
      : must(put, 'vmsplice', { on: `${mapping} into ${handle}` })
  }
  const progress = new Progress(part.length, step)
  holdUntilDrained(mapping, handle)
  try {
    if (readiness !== undefined) return await readiness.whenWritable(progress.attempt, options)
    return await calls.run(options, async (fd, signal) => {
      for (;;) {
        const result = progress.attempt()
        if (result >= 0) return result
        await whenReady({ fd, readiness }, constants.POLLOUT, signal)
      }
    })
  } catch (error) {
    throw progress.failure(error)
  }
}

const held = new WeakMap<Mapping, WeakSet<Fd>>()

/** Once for each pipe. Whether it still holds is only asked when somebody wants to close the mapping: nobody tells. */
function holdUntilDrained(mapping: Mapping, writer: Fd): void {
  const pipes = held.get(mapping) ?? new WeakSet<Fd>()
  held.set(mapping, pipes)
  if (pipes.has(writer)) return
  pipes.add(writer)
  const weak = new WeakRef(writer) // the mapping must not keep a forgotten writer open
  mapping.hold(`pages in ${writer}`, () => {
    const fd = weak.deref()
    if (fd === undefined) return false
    if (!fd.closed && !isDrained(fd)) return true
    pipes.delete(fd)
    return false
  })
}

function partOf(mapping: Mapping, options: Part | undefined): Uint8Array {
  if (!(mapping instanceof Mapping)) {
    throw new TypeError(
      `mapping must be a Mapping, not ${kindOf(mapping)}: other memory may move or be freed while it lies in the pipe`,
    )
  }
  const { offset = 0, length = mapping.length - offset } = options ?? {}
  for (const [name, value] of Object.entries({ offset, length })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`${name} must be a number of bytes, 0 or more, not ${String(value)}`)
    }
  }
  if (length === 0 || offset + length > mapping.length) {
    throw new RangeError(
      `offset ${offset} and length ${length} (bytes) must be a part of the mapping's ${mapping.length} bytes`,
    )
  }
  return mapping.bytes.subarray(offset, offset + length)
}
