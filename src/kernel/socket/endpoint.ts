// Addresses of TCP and UDP, and the errors that Node gives for them.
import { isIPv6 } from 'node:net'
import { EBADF } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'

/** A host (a name or a numeric address) and a port. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** TypeError or RangeError that names what is wrong. */
export function checkEndpoint(value: Endpoint, argument: string, lowest = 1): Endpoint {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${argument} must be { host, port }, not ${String(value)}`)
  }
  const { host, port } = value
  if (typeof host !== 'string') throw new TypeError(`${argument}.host must be a string, not ${typeof host}`)
  if (host === '' || host.includes('\0')) throw new RangeError(`${argument}.host must not be empty`)
  if (!(Number.isInteger(port) && port >= lowest && port <= 65535)) {
    throw new RangeError(`${argument}.port must be ${lowest} to 65535, not ${String(port)}`)
  }
  return value
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function showEndpoint({ host, port }: Endpoint): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

/** Node's error as ours; a name that cannot be resolved keeps its own code (ENOTFOUND). */
export function asSysError(error: unknown, on: string): unknown {
  const first = error instanceof AggregateError ? error.errors[0] : error
  const { errno, syscall, code } = first as NodeJS.ErrnoException
  if (typeof errno !== 'number' || syscall === undefined || syscall === 'getaddrinfo') return first
  return code === undefined ? first : new SysError(errno, syscall, { on })
}

export function closedSocket(on: string): SysError {
  return new SysError(EBADF, 'use', { on, hint: 'It is closed.' })
}
