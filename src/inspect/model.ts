// What the inspector found, as plain data: JSON can carry it, and the browser application reads the same types.
// Nothing here refers to anything else in memory: an attachment names its object by `id` and its process by `pid`.
import type { Attachment } from './model/attachment.ts'
import type {
  EventFdObject,
  FifoObject,
  MappingObject,
  MemfdObject,
  PipeObject,
  PosixMemoryObject,
} from './model/object.ts'
import type { LockObject, PosixQueueObject, PosixSemaphoreObject } from './model/posix.ts'
import type { InternetSocketObject, UnixSocketObject } from './model/socket.ts'
import type { SysvMemoryObject, SysvQueueObject, SysvSemaphoresObject } from './model/sysv.ts'

export type * from './model/attachment.ts'
export type { Owner } from './model/common.ts'
export type * from './model/object.ts'
export type * from './model/posix.ts'
export type * from './model/socket.ts'
export type * from './model/sysv.ts'

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
  /** Kinds of which only those show that a process holds: POSIX queues, where no mqueue file system is mounted. */
  readonly unlisted: readonly ObjectKind[]
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

export type IpcObject =
  | PipeObject
  | FifoObject
  | PosixMemoryObject
  | MemfdObject
  | MappingObject
  | EventFdObject
  | SysvQueueObject
  | SysvSemaphoresObject
  | SysvMemoryObject
  | PosixQueueObject
  | PosixSemaphoreObject
  | LockObject
  | UnixSocketObject
  | InternetSocketObject

export type ObjectKind = IpcObject['kind']
