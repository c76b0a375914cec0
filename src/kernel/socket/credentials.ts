// Who is on the other side of a Unix socket: SO_PEERCRED, SO_PEERGROUPS, SO_PEERPIDFD of unix(7).
import { constants } from '../../sys/constants.ts'
import { ENODATA, ENOPROTOOPT, ERANGE } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { pidfd_open } from '../../sys/pidfd.ts'
import { getsockopt } from '../../sys/socket.ts'

/** A process as the kernel vouches for it. An id from outside this process's namespaces is 0 (pid) or 65534 (uid, gid). */
export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

const MOST_GROUPS = 65_536 // NGROUPS_MAX

/** The process that connected, listened or made the pair: as it was then. */
export function peerCredentials(fd: Fd): PeerCredentials {
  const ucred = new Uint32Array(3)
  const got = getsockopt(fd.number, constants.SOL_SOCKET, constants.SO_PEERCRED, ucred)
  must(got, 'getsockopt', { on: `SO_PEERCRED of ${fd}` })
  const [pid = 0, uid = 0, gid = 0] = ucred
  return { pid, uid, gid }
}

/** Its supplementary groups. */
export function peerGroups(fd: Fd): number[] {
  for (let room = 64; ; room *= 32) {
    const groups = new Uint32Array(Math.min(room, MOST_GROUPS))
    const got = getsockopt(fd.number, constants.SOL_SOCKET, constants.SO_PEERGROUPS, groups)
    if (got === ERANGE && room < MOST_GROUPS) continue
    if (got === ENODATA) return []
    return [...groups.subarray(0, must(got, 'getsockopt', { on: `SO_PEERGROUPS of ${fd}` }) / 4)]
  }
}

/**
 * A pidfd of that process: it can never mean another one. Linux 6.5 and newer; before, it is opened by its pid, which may
 * have been used again since. ESRCH: it has ended.
 */
export function peerPidFd(fd: Fd): Fd {
  const value = new Int32Array(1)
  const got = getsockopt(fd.number, constants.SOL_SOCKET, constants.SO_PEERPIDFD, value)
  if (got >= 0) return new Fd(value[0] ?? -1, 'pidfd of a peer')
  const on = `the peer of ${fd}`
  if (got !== ENOPROTOOPT) throw new SysError(got, 'getsockopt', { on: `SO_PEERPIDFD of ${fd}` })
  return new Fd(must(pidfd_open(peerCredentials(fd).pid, 0), 'pidfd_open', { on }), 'pidfd of a peer')
}
