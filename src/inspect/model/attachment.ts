// Who holds an object, and through what.

/** What a process can do with the bytes. `none`: mapped, but without access. */
export type Role = 'reader' | 'writer' | 'both' | 'none'

/** A process's hold on an object. */
export interface Attachment {
  /** The object's `id`. */
  readonly object: string
  readonly pid: number
  readonly role: Role
  readonly through: Descriptor | Region | LastUse | Waiting | HeldLock
}

/** Through an open descriptor. */
export interface Descriptor {
  readonly by: 'descriptor'
  readonly fd: number
  /** Whether reads and writes wait (no O_NONBLOCK). */
  readonly blocking: boolean
  /** Of a socket: the inode of the end that it is. */
  readonly socket?: number
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

/** The object remembers that this process used it last; it need not do so again. */
export interface LastUse {
  readonly by: 'last use'
  /** What it did: msgsnd(2), msgrcv(2), semop(2) or semctl(2), shmget(2), shmat(2) or shmdt(2). */
  readonly as: 'sender' | 'receiver' | 'operator' | 'creator' | 'user'
}

/** A thread of it sleeps in a system call on the object. */
export interface Waiting {
  readonly by: 'waiting'
  /** The call: `msgrcv`, `semtimedop`. */
  readonly call: string
  readonly thread: number
}

/** A lock on a file. */
export interface HeldLock {
  readonly by: 'lock'
  readonly type: 'flock' | 'ofd' | 'posix' | 'lease'
  readonly shared: boolean
  /** First byte; last byte, null for the end of the file. */
  readonly start: number
  readonly end: number | null
  /** Not held yet. */
  readonly waiting: boolean
  /** The descriptor through which it is held, where that can be seen. */
  readonly fd: number | null
}
