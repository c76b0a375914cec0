// What every System V object has: owner, creator, mode. Its bytes are the kernel's struct ipc64_perm.
import { checkWhole } from '../mapping-options.ts'

/** Who owns an object and who may use it: ipc_perm of sysvipc(7). */
export interface SysvPermissions {
  /** Unsigned; 0 for a private object. */
  readonly key: number
  /** The owner, who can be changed. */
  readonly uid: number
  readonly gid: number
  /** The creator, who cannot. */
  readonly cuid: number
  readonly cgid: number
  /** The nine permission bits: read is 4, write (semaphores: alter) is 2, execute means nothing. */
  readonly mode: number
  /** The kernel's count of what had this slot before. */
  readonly sequence: number
}

/** What IPC_SET changes of it. Who is neither owner nor creator nor privileged gets EPERM. */
export interface SysvOwnership {
  /** 0 to 0o777. */
  readonly mode?: number | undefined
  /** User id, 0 to 2^32 - 2. */
  readonly uid?: number | undefined
  /** Group id, 0 to 2^32 - 2. */
  readonly gid?: number | undefined
}

// struct ipc64_perm of linux/include/uapi/asm-generic/ipcbuf.h, as every 64-bit architecture that Node runs on has it.
const [KEY, UID, GID, CUID, CGID, MODE, SEQUENCE] = [0, 4, 8, 12, 16, 20, 24]
/** Its size; the rest of each object's own structure follows. */
export const PERMISSIONS_SIZE = 48

const LITTLE = true // both architectures are
const NOBODY = 0xffff_ffff // (uid_t) -1: no user id

/** Reads the structure at the start of `view`. */
export function readPermissions(view: DataView): SysvPermissions {
  return {
    key: view.getUint32(KEY, LITTLE),
    uid: view.getUint32(UID, LITTLE),
    gid: view.getUint32(GID, LITTLE),
    cuid: view.getUint32(CUID, LITTLE),
    cgid: view.getUint32(CGID, LITTLE),
    mode: rawMode(view) & 0o777,
    sequence: view.getUint16(SEQUENCE, LITTLE),
  }
}

/** The mode with what shared memory keeps beside the permission bits (SHM_DEST, SHM_LOCKED). */
export function rawMode(view: DataView): number {
  return view.getUint32(MODE, LITTLE)
}

/** Puts what is given into the structure at the start of `view`, for IPC_SET. */
export function writeOwnership(view: DataView, { mode, uid, gid }: SysvOwnership): void {
  if (mode !== undefined) view.setUint32(MODE, mode, LITTLE)
  if (uid !== undefined) view.setUint32(UID, uid, LITTLE)
  if (gid !== undefined) view.setUint32(GID, gid, LITTLE)
}

/** The flags of msgget(2), semget(2) and shmget(2) that IPC_CREAT goes with: 0 to 0o777, default 0o600. The umask plays no part. */
export function checkSysvMode(mode: unknown = 0o600): number {
  if (checkWhole(mode, 'mode') > 0o777)
    throw new RangeError(`mode must be 0 to 0o777, not 0o${(mode as number).toString(8)}`)
  return mode as number
}

/** Throws for the first of them that is wrong, naming it. */
export function checkOwnership({ mode, uid, gid }: SysvOwnership): void {
  if (mode !== undefined) checkSysvMode(mode)
  for (const [name, id] of Object.entries({ uid, gid })) {
    if (id !== undefined && checkWhole(id, name) >= NOBODY) {
      throw new RangeError(`${name} must be 0 to ${NOBODY - 1}, not ${id}`)
    }
  }
}

/** What `open` may ask to be allowed, at once and not only at the first use. */
export type SysvAccess = 'read' | 'write' | 'both'

/** The bits of msgget(2), semget(2), shmget(2) that ask for `access`: EACCES unless all of them are allowed. */
export function accessBits(access: SysvAccess | undefined): number {
  if (access === undefined) return 0
  if (access === 'read') return 0o444
  if (access === 'write') return 0o222
  if (access === 'both') return 0o666
  throw new TypeError(`access must be 'read', 'write' or 'both', not ${String(access)}`)
}

/** The id of an object: 0 to 2^31 - 1. */
export function checkId(id: unknown): number {
  if (checkWhole(id, 'id') > 0x7fff_ffff) throw new RangeError(`id must be 0 to 2147483647, not ${id}`)
  return id as number
}
