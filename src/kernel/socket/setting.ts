// Socket options: socket(7), unix(7).
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { getsockopt, setsockopt } from '../../sys/socket.ts'
import { checkWhole } from '../mapping-options.ts'

export type SocketType = 'stream' | 'seqpacket' | 'dgram'

const TYPES: Readonly<Record<SocketType, number>> = {
  stream: constants.SOCK_STREAM,
  seqpacket: constants.SOCK_SEQPACKET,
  dgram: constants.SOCK_DGRAM,
}
const MOST_BUFFER = 0x3fffffff // the kernel doubles it in an int

/** The constant of a socket type, after checking the option. */
export function typeNumber<T extends SocketType>(type: unknown, allowed: readonly T[]): number {
  if (!(allowed as readonly unknown[]).includes(type)) {
    throw new RangeError(
      `type must be ${allowed.map((each) => `'${each}'`).join(' or ')}, not ${String(type)}`,
    )
  }
  return TYPES[type as T]
}

/** What kind of socket a descriptor is; `undefined` if none that we know, or no Unix socket. */
export function typeOf(fd: number): SocketType | undefined {
  const value = new Int32Array(1)
  if (getsockopt(fd, constants.SOL_SOCKET, constants.SO_DOMAIN, value) < 0) return undefined
  if (value[0] !== constants.AF_UNIX) return undefined
  getsockopt(fd, constants.SOL_SOCKET, constants.SO_TYPE, value)
  return (Object.keys(TYPES) as SocketType[]).find((type) => TYPES[type] === value[0])
}

export function getInt(fd: Fd, option: number): number {
  const value = new Int32Array(1)
  must(getsockopt(fd.number, constants.SOL_SOCKET, option, value), 'getsockopt', { on: `${fd}` })
  return value[0] ?? 0
}

export function setInt(fd: Fd, option: number, value: number): void {
  const set = setsockopt(fd.number, constants.SOL_SOCKET, option, new Int32Array([value]))
  must(set, 'setsockopt', { on: `${fd}` })
}

/** Sets SO_SNDBUF or SO_RCVBUF, whose value the kernel doubles: so that reading it gives at least what was set. */
export function setBuffer(fd: Fd, option: number, bytes: number, name: string): void {
  if (checkWhole(bytes, name, 1) > MOST_BUFFER * 2) {
    throw new RangeError(`${name} must be at most ${MOST_BUFFER * 2} bytes, not ${bytes}`)
  }
  setInt(fd, option, Math.ceil(bytes / 2))
}
