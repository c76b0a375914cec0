// Waiting for any descriptor, also for one whose flags are not ours to change.
import { constants } from '../../sys/constants.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl, poll } from '../../sys/file.ts'
import { waitCall } from '../../wait/call.ts'
import { Readiness } from '../../wait/readiness.ts'

/** A descriptor to wait for, and how, if that is known. */
export interface Side {
  readonly fd: number
  readonly readiness: Readiness | undefined
}

/** Waits until poll(2) reports one of `events`, an error or a hang-up: on the event loop, where that changes no flag. */
export async function whenReady(side: Side, events: number, signal: AbortSignal | undefined): Promise<void> {
  const { fd, readiness } = side
  const attempt = (): number => (must(poll(fd, events, 0), 'poll') === 0 ? EAGAIN : 1)
  if (attempt() > 0) return
  const reads = events === constants.POLLIN
  if (readiness !== undefined) {
    await (reads ? readiness.whenReadable(attempt, { signal }) : readiness.whenWritable(attempt, { signal }))
  } else if ((must(fcntl(fd, constants.F_GETFL, 0), 'fcntl') & constants.O_NONBLOCK) !== 0) {
    const own = new Fd(must(fcntl(fd, constants.F_DUPFD_CLOEXEC, 0), 'fcntl'), `a duplicate of fd ${fd}`)
    const ready = new Readiness(own, { nonblocking: true })
    await (reads ? ready.whenReadable(attempt, { signal }) : ready.whenWritable(attempt, { signal })).finally(
      () => own.close(),
    )
  } else {
    const request = new Uint8Array(8) // struct pollfd
    const view = new DataView(request.buffer)
    view.setInt32(0, fd, LITTLE)
    view.setInt16(4, events, LITTLE)
    const call = { number: constants.SYS_ppoll, name: 'ppoll', args: [request, 1, 0, 0, 0] }
    must((await waitCall(call, { signal })).result, 'ppoll')
  }
}

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
