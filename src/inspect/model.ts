// What the inspector found, as plain data: JSON can carry it, and the browser application reads the same types.
// Nothing here refers to anything else in memory: an attachment names its object by `id` and its process by `pid`.

/** One look at a host: what its processes hold, and who holds it. */
export interface Host {
  readonly name: string
  /** Kernel release, as uname(2) gives it. */
  readonly kernel: string
  /** When the look began, ISO 8601. */
  readonly at: string
  /** Only processes with attachments, unless all were asked for. */
  readonly processes: readonly Process[]
  readonly objects: readonly IpcObject[]
  readonly attachments: readonly Attachment[]
  readonly unseen: Unseen
}

/** What this look could not show. */
export interface Unseen {
  /** Pids whose descriptors or mappings may not be read: other users' processes, more privileged ones. */
  readonly processes: readonly number[]
  /** Pipes and memfds of which the contents or seals may not be asked for (ptrace(2) rights, or not asked). */
  readonly objects: number
}

/** A process; `pid` and `startTime` together name it for as long as the system runs. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** Clock ticks after boot, field 22 of proc_pid_stat(5). */
  readonly startTime: number
  /** The kernel's short name of it, at most 15 bytes. */
  readonly command: string
  /** Its arguments; empty where it has none or they cannot be read. */
  readonly args: readonly string[]
  readonly uid: number
  /** One letter, field 3 of proc_pid_stat(5): `R`, `S`, `D`, `T`, `Z`. */
  readonly state: string
}

/** What a process can do with the bytes. `none`: mapped, but without access. */
export type Role = 'reader' | 'writer' | 'both' | 'none'

/** A process's hold on an object. */
export interface Attachment {
  /** The object's `id`. */
  readonly object: string
  readonly pid: number
  readonly role: Role
  readonly through: Descriptor | Region
}

/** Through an open descriptor. */
export interface Descriptor {
  readonly by: 'descriptor'
  readonly fd: number
  /** Whether reads and writes wait (no O_NONBLOCK). */
  readonly blocking: boolean
}

/** Through mapped memory. */
export interface Region {
  readonly by: 'mapping'
  /** Hexadecimal, as in /proc/PID/maps. */
  readonly address: string
  readonly length: number
  /** Offset in the object, bytes. */
  readonly offset: number
  /** False: a private mapping, whose writes are not seen by others. */
  readonly shared: boolean
}

export type IpcObject =
  | PipeObject
  | FifoObject
  | PosixMemoryObject
  | MemfdObject
  | MappingObject
  | EventFdObject

export type ObjectKind = IpcObject['kind']

interface Common {
  /** Unique in this look, and the same in the next one: `pipe:[12345]`, `posix-shm:/name`. */
  readonly id: string
  /** What a person calls it: the kernel's name, a path. May hold any character. */
  readonly name: string
  /** The address that opens it, where it has one. */
  readonly address: string | null
  readonly owner: Owner | null
  /** Permission bits; null where permissions mean nothing. */
  readonly mode: number | null
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

interface ByteStream extends Common {
  /** Bytes that can be queued; null if it may not be asked. */
  readonly capacity: number | null
  /** Bytes queued now; null if it may not be asked. */
  readonly queued: number | null
}

/** pipe(7) without a name. */
export interface PipeObject extends ByteStream {
  readonly kind: 'pipe'
}

/** fifo(7); found through the processes that have it open. */
export interface FifoObject extends ByteStream {
  readonly kind: 'fifo'
  /** The path as the kernel prints it for one of its users, in that process's view of the file system. */
  readonly path: string
  /** Its last name is gone. */
  readonly deleted: boolean
}

interface Memory extends Common {
  /** Bytes; null if unknown: mapped only, and this process may not look through the mapping. */
  readonly size: number | null
  /** Its last name is gone: it ends with its last user. */
  readonly deleted: boolean
}

/** shm_overview(7). */
export interface PosixMemoryObject extends Memory {
  readonly kind: 'posix-shm'
  /** No process has it open or mapped; null if some processes cannot be seen and none of the others has. */
  readonly orphan: boolean | null
}

/** memfd_create(2). */
export interface MemfdObject extends Memory {
  readonly kind: 'memfd'
  /** Names as in fcntl(2), F_SEAL_ left out, in lower case; null if it may not be asked. */
  readonly seals: readonly string[] | null
}

/** A file, or anonymous memory, that processes share by mmap(2) with MAP_SHARED. */
export interface MappingObject extends Memory {
  readonly kind: 'mapping'
  /** Null for anonymous memory, shared by fork(2). */
  readonly path: string | null
}

/** eventfd(2). */
export interface EventFdObject extends Common {
  readonly kind: 'eventfd'
  /** The counter in decimal: it has 64 bits, which a JSON number cannot hold. */
  readonly count: string
  /** EFD_SEMAPHORE; null before Linux 6.5, which does not say. */
  readonly semaphore: boolean | null
}
