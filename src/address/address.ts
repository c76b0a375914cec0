// What an address says, as data: one interface per scheme.

/** How messages are told apart on a byte stream; see docs/address.md. */
export type FramingName = 'length' | 'lines' | 'none' | `fixed:${number}`

/** A seal of a memfd, see fcntl(2) F_ADD_SEALS. */
export type Seal = 'seal' | 'shrink' | 'grow' | 'write' | 'future-write' | 'exec'

/** Options of everything that is a byte stream. */
export interface StreamOptions {
  readonly framing?: FramingName
  /** The longest message taken, in bytes. */
  readonly limit?: number
}

/** Standard input to read from, standard output to write to. */
export interface StdioAddress {
  readonly kind: 'stdio'
  readonly options: StreamOptions
}

/** A descriptor this process inherited. */
export interface FdAddress {
  readonly kind: 'fd'
  readonly fd: number
  readonly options: StreamOptions & {
    /** What an inherited memfd must be sealed against. */
    readonly seals?: readonly Seal[]
  }
}

/** A FIFO, see fifo(7). */
export interface FifoAddress {
  readonly kind: 'fifo'
  readonly path: string
  readonly options: StreamOptions & {
    readonly mode?: number
    /** Bytes the pipe holds (F_SETPIPE_SZ). */
    readonly capacity?: number
  }
}

/** A Unix socket, see unix(7). */
export interface UnixAddress {
  readonly kind: 'unix'
  /** A path; or, when `abstract`, a name that has no file and may hold NULs. */
  readonly name: string
  readonly abstract: boolean
  readonly options: StreamOptions & {
    readonly type?: 'stream' | 'dgram' | 'seqpacket'
    readonly mode?: number
    readonly backlog?: number
  }
}

/** How a System V object is named, see sysvipc(7) and ftok(3). */
export type SysvKey =
  /** `key` is unsigned, 0 to 2^32 - 1, as `ipcs` prints it; `key | 0` is C's `key_t`. 0 is IPC_PRIVATE. */
  | { readonly by: 'key'; readonly key: number }
  | { readonly by: 'file'; readonly path: string; readonly proj: number }
  | { readonly by: 'id'; readonly id: number }

/** A System V message queue. */
export interface SysvQueueAddress {
  readonly kind: 'sysv-mq'
  readonly key: SysvKey
  readonly options: {
    readonly mode?: number
    /** Bytes the queue holds (msg_qbytes). */
    readonly capacity?: number
    /** The type sent; or received, as in msgrcv(2): 0 any, n exactly n, -n the lowest up to n. */
    readonly type?: number
    /** Received: any type but this one (MSG_EXCEPT). */
    readonly except?: number
    /** The longest message received, in bytes. */
    readonly msgsize?: number
  }
}

/** A System V semaphore set, or with `index` one semaphore of it. */
export interface SysvSemaphoreAddress {
  readonly kind: 'sysv-sem'
  readonly key: SysvKey
  readonly options: {
    readonly mode?: number
    /** Semaphores in the set. */
    readonly count?: number
    /** What each starts with. */
    readonly value?: number
    readonly index?: number
  }
}

/** A System V shared memory segment. */
export interface SysvMemoryAddress {
  readonly kind: 'sysv-shm'
  readonly key: SysvKey
  readonly options: { readonly mode?: number; readonly size?: number; readonly offset?: number }
}

/** A POSIX message queue, see mq_overview(7). */
export interface PosixQueueAddress {
  readonly kind: 'posix-mq'
  readonly name: string
  readonly options: {
    readonly mode?: number
    /** Messages the queue holds. */
    readonly maxmsg?: number
    /** The longest message, in bytes. */
    readonly msgsize?: number
    /** What is sent has this priority. */
    readonly priority?: number
  }
}

/** A named POSIX semaphore, see sem_overview(7). */
export interface PosixSemaphoreAddress {
  readonly kind: 'posix-sem'
  readonly name: string
  readonly options: { readonly mode?: number; readonly value?: number }
}

/** POSIX shared memory, see shm_overview(7). */
export interface PosixMemoryAddress {
  readonly kind: 'posix-shm'
  readonly name: string
  readonly options: { readonly mode?: number; readonly size?: number; readonly offset?: number }
}

/** A mapped file, see mmap(2). */
export interface MappingAddress {
  readonly kind: 'mmap'
  readonly path: string
  readonly options: { readonly mode?: number; readonly size?: number; readonly offset?: number }
}

/** A TCP endpoint. IPv6 addresses stand here without their brackets. */
export interface TcpAddress {
  readonly kind: 'tcp'
  readonly host: string
  readonly port: number
  readonly options: StreamOptions & { readonly backlog?: number }
}

/** A UDP endpoint. */
export interface UdpAddress {
  readonly kind: 'udp'
  readonly host: string
  readonly port: number
  readonly options: Readonly<Record<never, never>>
}

/** A process, as one to which signals are sent. */
export interface SignalAddress {
  readonly kind: 'signal'
  readonly pid: number
  readonly options: {
    /** `SIGUSR1`, `SIGRTMIN+1`. */
    readonly name?: string
    /** What sigqueue(3) sends along. */
    readonly value?: number
  }
}

/** A channel in shared memory: a path, or a name in the user's own run-time directory. */
export type ShmAddress = ({ readonly path: string } | { readonly name: string }) & {
  readonly kind: 'shm'
  readonly options: {
    readonly mode?: number
    /** Bytes each direction holds. */
    readonly capacity?: number
    readonly limit?: number
    /** Microseconds a consumer stays awake after traffic. */
    readonly spin?: number
  }
}

/** A subject on a NATS server. */
export interface NatsAddress {
  readonly kind: 'nats'
  readonly host: string
  readonly port: number
  readonly subject: string
  readonly options: {
    /** The queue group joined. */
    readonly group?: string
    /** The JetStream stream, and the consumer that outlives its process. */
    readonly stream?: string
    readonly durable?: string
  }
}

/** Any address; `kind` names the scheme (`stdio` is written `-`). */
export type Address =
  | StdioAddress
  | FdAddress
  | FifoAddress
  | UnixAddress
  | SysvQueueAddress
  | SysvSemaphoreAddress
  | SysvMemoryAddress
  | PosixQueueAddress
  | PosixSemaphoreAddress
  | PosixMemoryAddress
  | MappingAddress
  | TcpAddress
  | UdpAddress
  | SignalAddress
  | ShmAddress
  | NatsAddress

export type AddressKind = Address['kind']

/** The address type of one scheme: `AddressOf<'fifo'>`. */
export type AddressOf<K extends AddressKind> = Extract<Address, { readonly kind: K }>
