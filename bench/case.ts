// What a case is.
import type { ChannelCase, CostCase } from './channel-case.ts'

export type Contestant =
  | 'C'
  | 'C, 2 threads'
  | 'hutong'
  | 'hutong async'
  | 'hutong async, no spin'
  | 'hutong stream'
  | 'net.Socket'
  | 'net stream'
  | 'fs streams'
  | 'svmq'
  | 'node-unix-socket'
  | 'unix-dgram'
  | 'usocket'
export type SocketMechanism =
  | 'unix'
  | 'seqpacket'
  | 'dgram'
  | 'seqpacket-batch'
  | 'dgram-batch'
  /** Two sockets with paths, for those who take no descriptor. */
  | 'dgram-named'
  /** Over a stream; each message brings an open descriptor. */
  | 'descriptor'
export type Mechanism =
  | 'pipe'
  | 'fifo'
  | 'mapping'
  | 'sysv-mq'
  | 'posix-mq'
  | 'sysv-sem'
  | 'posix-sem'
  | 'signal'
  | SocketMechanism
export type Measure = 'throughput' | 'round-trip'
export type Placement = 'one-core' | 'two-cores' | 'unpinned'

/** Two contestants doing the same work with a pair of processes each. */
export interface Contest {
  readonly kind: 'contest'
  readonly name: string
  readonly mechanism: Mechanism
  /** Bytes of a message; 0 for semaphores and signals, which carry none. */
  readonly size: number
  /** Messages that a queue holds; undefined: as many as anybody may ask for. */
  readonly depth?: number | undefined
  readonly measure: Measure
  readonly placement: Placement
  readonly outer: Contestant
  readonly inner: Contestant
  /** What the inner's rate over the outer's must reach. */
  readonly bar: number | undefined
}

/** What is done over and over in one process, nobody else around. */
export type Operation =
  | 'mutex'
  | 'posix-sem'
  | 'sysv-sem'
  | 'sysv-shm'
  | 'flock'
  | 'record-lock'
  | 'flock-async'
  | 'record-lock-async'
  | 'struct'
export type Soloist =
  | 'C'
  | 'hutong'
  | 'DataView'
  | 'fs-ext'
  | 'os-lock'
  | 'proper-lockfile'
  | 'shm-typed-array'

/** Two contestants doing the same operation, with a process of its own each. */
export interface Single {
  readonly kind: 'single'
  readonly name: string
  readonly operation: Operation
  readonly outer: Soloist
  readonly inner: Soloist
  /** How many nanoseconds the inner may take more than the outer. */
  readonly bar: number | undefined
}

export const crowds = ['few', 'thousand'] as const
export type Crowd = (typeof crowds)[number]

/** The latency of fs.readFile and of timers while many operations wait, against an idle process. */
export interface Waiting {
  readonly kind: 'waiting'
  readonly name: string
  readonly crowd: Crowd
}

export const cycled = [
  'pipe',
  'fifo',
  'eventfd',
  'anonymous',
  'file',
  'memfd',
  'posix-shm',
  'sysv-mq',
  'sysv-sem',
  'sysv-shm',
  'posix-mq',
  'posix-sem',
  'mutex',
] as const
export type Cycled = (typeof cycled)[number]

/** Create, use, close, many times over: do descriptors, mappings and memory stay flat? */
export interface Cycles {
  readonly kind: 'cycles'
  readonly name: string
  readonly object: Cycled
}

/** A rival that cannot be measured, and why. */
export interface Unmeasured {
  readonly kind: 'unmeasured'
  readonly name: string
  readonly why: string
}

export type Case = Contest | Single | Waiting | Cycles | ChannelCase | CostCase | Unmeasured

export function sizeName(bytes: number): string {
  if (bytes >= 1048576) return `${bytes / 1048576}MiB`
  return bytes >= 1024 ? `${bytes / 1024}KiB` : `${bytes}B`
}

export const MEASURES: readonly Measure[] = ['throughput', 'round-trip']
export const PLACEMENTS: readonly Placement[] = ['one-core', 'two-cores', 'unpinned']

/** A contest named after its group, size, measure and place. */
export function contest(group: string, rest: Omit<Contest, 'kind' | 'name'>): Contest {
  const { size, measure, placement } = rest
  const parts = [group, ...(size > 0 ? [sizeName(size)] : []), measure, placement]
  return { kind: 'contest', name: parts.join('/'), ...rest }
}
