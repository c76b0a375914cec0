// Connecting a Unix socket: connect(2), unix(7).
import { constants } from '../../sys/constants.ts'
import { EAGAIN, ECONNREFUSED, EINTR, EPROTOTYPE } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl } from '../../sys/file.ts'
import * as sys from '../../sys/socket.ts'
import { waitCall } from '../../wait/call.ts'
import { checkOptions, type SyncOptions, TimeoutError, type WaitOptions } from '../../wait/options.ts'
import { encodeName, isAbstract, showName, type UnixName } from './name.ts'

/** A new Unix socket of that type, close-on-exec. */
export function openSocket(type: number, label = 'Unix socket'): Fd {
  const made = sys.socket(constants.AF_UNIX, type | constants.SOCK_CLOEXEC, 0)
  return new Fd(must(made, 'socket', { on: label }), label)
}

/** A socket connected to `name`. A full backlog cannot be polled for, so that wait is a blocking call on a thread. */
export async function connect(name: UnixName, type: number, options: WaitOptions): Promise<Fd> {
  const address = encodeName(name)
  checkOptions(options)
  const fd = openSocket(type, `Unix socket to ${showName(name)}`)
  try {
    setBlocking(fd, false)
    let answer = sys.connect(fd.number, address)
    setBlocking(fd, true)
    if (answer === EAGAIN) {
      const args = [fd.number, address, address.length]
      const call = { number: constants.SYS_connect, name: `connect to ${showName(name)}`, args }
      answer = (await waitCall(call, options)).result
    }
    return connected(answer, fd, name)
  } catch (error) {
    fd.close()
    throw error
  }
}

/** As `connect`, blocking this thread. */
export function connectSync(name: UnixName, type: number, options: SyncOptions): Fd {
  const address = encodeName(name)
  checkOptions(options)
  const fd = openSocket(type, `Unix socket to ${showName(name)}`)
  const { timeout } = options
  const timed = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY
  try {
    if (timed) setSendTimeout(fd, Math.max(timeout, 0.001))
    let answer = sys.connect(fd.number, address)
    while (answer === EINTR) answer = sys.connect(fd.number, address)
    if (timed && answer === EAGAIN) throw new TimeoutError(`connect to ${showName(name)}`, timeout)
    if (timed) setSendTimeout(fd, 0)
    return connected(answer, fd, name)
  } catch (error) {
    fd.close()
    throw error
  }
}

function connected(answer: number, fd: Fd, name: UnixName): Fd {
  if (answer >= 0) return fd
  const on = `to ${showName(name)}`
  const path = isAbstract(name) ? {} : { path: name as string }
  throw new SysError(answer, 'connect', { on, ...path, ...hintFor(answer, name) })
}

function hintFor(answer: number, name: UnixName): { readonly hint?: string } {
  if (answer === ECONNREFUSED) {
    const stale = isAbstract(name) ? '' : ' The path was left behind by a listener that is no more.'
    return { hint: `Nobody listens there.${stale}` }
  }
  return answer === EPROTOTYPE ? { hint: 'The socket there is of another type: see `type`.' } : {}
}

function setBlocking(fd: Fd, wanted: boolean): void {
  const flags = wanted ? constants.O_RDWR : constants.O_RDWR | constants.O_NONBLOCK
  must(fcntl(fd.number, constants.F_SETFL, flags), 'fcntl', { on: `${fd}` })
}

/** SO_SNDTIMEO, which bounds a connect that waits for room in the backlog; 0 for ever. */
function setSendTimeout(fd: Fd, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000)
  const timeval = new BigInt64Array([
    BigInt(seconds),
    BigInt(Math.ceil((milliseconds - seconds * 1000) * 1000)),
  ])
  must(sys.setsockopt(fd.number, constants.SOL_SOCKET, constants.SO_SNDTIMEO, timeval), 'setsockopt', {
    on: `${fd}`,
  })
}
