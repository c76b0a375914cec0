// Waiting until a pipe is empty. The kernel tells nobody, so it is asked.
import { setTimeout as sleep } from 'node:timers/promises'
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { fionread, poll } from '../../sys/file.ts'
import { checkOptions, onGiveUp, type WaitOptions } from '../../wait/options.ts'

const LONGEST_PAUSE = 20

/** Whether a pipe, seen from its writing end, holds nothing, or nobody can take it any more. */
export function isDrained(writer: Fd): boolean {
  if (must(fionread(writer.number), 'ioctl', { on: `${writer}` }) === 0) return true
  return (poll(writer.number, 0, 0) & constants.POLLERR) !== 0
}

/** Resolves when `isDrained`. */
export async function drained(writer: Fd, options?: WaitOptions): Promise<void> {
  checkOptions(options)
  const control = new AbortController()
  const callOff = onGiveUp(options, `draining ${writer}`, (reason) => control.abort(reason))
  try {
    for (let pause = 1; !isDrained(writer); pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await sleep(pause, undefined, { signal: control.signal }).catch(() => {})
      control.signal.throwIfAborted()
    }
  } finally {
    callOff()
  }
}
