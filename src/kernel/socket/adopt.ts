// Taking over a socket that was inherited or received.
import { constants } from '../../sys/constants.ts'
import { EOPNOTSUPP } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl } from '../../sys/file.ts'
import { type SocketType, typeOf } from './setting.ts'

/** Makes an object of ours of descriptor `fd`. EBADF; EOPNOTSUPP, which leaves it as it was, if it is not of these types. */
export function adoptSocket<T extends SocketType, S>(
  fd: number,
  types: readonly T[],
  make: (handle: Fd, type: T) => S,
): S {
  new Fd(fd).release() // RangeError if it is no descriptor's number
  must(fcntl(fd, constants.F_GETFD, 0), 'fcntl', {
    on: `fd ${fd}`,
    hint: 'Was it opened, and passed to this process?',
  })
  const found = typeOf(fd)
  const type = types.find((each) => each === found)
  if (type !== undefined) return make(Fd.adopt(fd, 'Unix socket'), type)
  const what = found === undefined ? 'no Unix socket' : `a Unix ${found} socket`
  throw new SysError(EOPNOTSUPP, 'getsockopt', {
    on: `fd ${fd}`,
    hint: `It is ${what}; wanted: ${types.join(' or ')}.`,
  })
}
