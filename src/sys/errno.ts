// errno(3): every error number of this architecture by name, also those that Node has no name for.
import { native } from './addon.ts'

/** Positive error numbers by name, e.g. `errno.EAGAIN`. */
export const errno: Readonly<Record<string, number>> = Object.freeze(native.errno)

// EAGAIN before EWOULDBLOCK: where two names share a number, the first one listed is the one we print.
const names = new Map<number, string>()
for (const [name, number] of Object.entries(errno)) if (!names.has(number)) names.set(number, name)

/** The name of an error number of either sign; `E<number>` for one that this library does not know. */
export function errnoName(number: number): string {
  return names.get(Math.abs(number)) ?? `E${Math.abs(number)}`
}

function number(name: string): number {
  const found = errno[name]
  if (found === undefined) throw new Error(`errno ${name} is unknown on this architecture`)
  return found
}

/** Negative error numbers, as the kernel returns them, for comparisons on hot paths. */
export const EAGAIN: number = -number('EAGAIN')
export const EINTR: number = -number('EINTR')
export const EBADF: number = -number('EBADF')
export const EPIPE: number = -number('EPIPE')
export const ENXIO: number = -number('ENXIO')
export const EPERM: number = -number('EPERM')
export const EEXIST: number = -number('EEXIST')
export const ENOENT: number = -number('ENOENT')
export const EINVAL: number = -number('EINVAL')
export const ECANCELED: number = -number('ECANCELED')
export const EBUSY: number = -number('EBUSY')
export const ENOSPC: number = -number('ENOSPC')
export const ENOSYS: number = -number('ENOSYS')
export const ENOMEM: number = -number('ENOMEM')
export const ESRCH: number = -number('ESRCH')
export const ECHILD: number = -number('ECHILD')
export const E2BIG: number = -number('E2BIG')
export const EACCES: number = -number('EACCES')
export const EIDRM: number = -number('EIDRM')
export const ENOMSG: number = -number('ENOMSG')
export const ETIMEDOUT: number = -number('ETIMEDOUT')
export const EADDRINUSE: number = -number('EADDRINUSE')
export const ECONNREFUSED: number = -number('ECONNREFUSED')
export const ECONNRESET: number = -number('ECONNRESET')
export const ECONNABORTED: number = -number('ECONNABORTED')
export const EPROTOTYPE: number = -number('EPROTOTYPE')
export const ENOPROTOOPT: number = -number('ENOPROTOOPT')
export const ENODATA: number = -number('ENODATA')
export const ERANGE: number = -number('ERANGE')
export const ETOOMANYREFS: number = -number('ETOOMANYREFS')
export const EMSGSIZE: number = -number('EMSGSIZE')
export const EOPNOTSUPP: number = -number('EOPNOTSUPP')
export const EMFILE: number = -number('EMFILE')
