// Taking over a socket that was inherited or received.
import { EOPNOTSUPP } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { type SocketType, typeOf } from './setting.ts'

/** Makes an object of ours of descriptor `fd`. EBADF; EOPNOTSUPP, which leaves it open, if it is not of these types. */
export function adoptSocket<T extends SocketType, S>(
  fd: number,
  types: readonly T[],
  make: (handle: Fd, type: T) => S,
): S {
  const handle = Fd.adopt(fd, 'Unix socket')
  const found = typeOf(fd)
  const type = types.find((each) => each === found)
  if (type !== undefined) return make(handle, type)
  handle.release()
  const what = found === undefined ? 'no Unix socket' : `a Unix ${found} socket`
  throw new SysError(EOPNOTSUPP, 'getsockopt', {
    on: `fd ${fd}`,
    hint: `It is ${what}; wanted: ${types.join(' or ')}.`,
  })
}
