// The table of cases.

export type Contestant =
  | 'C'
  | 'hutong'
  | 'hutong async'
  | 'hutong stream'
  | 'net.Socket'
  | 'net stream'
  | 'fs streams'
export type Mechanism = 'pipe' | 'fifo' | 'mapping'
export type Measure = 'throughput' | 'round-trip'
export type Placement = 'one-core' | 'two-cores' | 'unpinned'

/** Two contestants doing the same work with a pair of processes each. */
export interface Contest {
  readonly kind: 'contest'
  readonly name: string
  readonly mechanism: Mechanism
  /** Bytes of a message. */
  readonly size: number
  readonly measure: Measure
  readonly placement: Placement
  readonly outer: Contestant
  readonly inner: Contestant
  /** What the inner's rate over the outer's must reach. */
  readonly bar: number | undefined
}

/** The latency of fs.readFile while 128 operations wait, against an idle process. */
export interface Waiting {
  readonly kind: 'waiting'
  readonly name: string
}

export const cycled = ['pipe', 'fifo', 'eventfd', 'anonymous', 'file', 'memfd', 'posix-shm'] as const
export type Cycled = (typeof cycled)[number]

/** Create, use, close, many times over: do descriptors, mappings and memory stay flat? */
export interface Cycles {
  readonly kind: 'cycles'
  readonly name: string
  readonly object: Cycled
}

export type Case = Contest | Waiting | Cycles

const SIZES = [64, 1024, 65536, 1048576]
const MEASURES: readonly Measure[] = ['throughput', 'round-trip']
const PLACEMENTS: readonly Placement[] = ['one-core', 'two-cores', 'unpinned']

export function sizeName(bytes: number): string {
  if (bytes >= 1048576) return `${bytes / 1048576}MiB`
  return bytes >= 1024 ? `${bytes / 1024}KiB` : `${bytes}B`
}

type Unnamed = Omit<Contest, 'kind' | 'name' | 'mechanism'>

function contest(group: string, mechanism: Mechanism, rest: Unnamed): Contest {
  const name = `${group}/${sizeName(rest.size)}/${rest.measure}/${rest.placement}`
  return { kind: 'contest', name, mechanism, ...rest }
}

/** The bars are for pipes and FIFOs: messages per second of the smallest, bytes per second of the large ones. */
function syncBar(mechanism: Mechanism, size: number, measure: Measure): number | undefined {
  if (mechanism === 'mapping' || measure === 'round-trip') return undefined
  if (size === 64) return 0.8
  return size >= 65536 ? 0.9 : undefined
}

function syncContests(mechanism: Mechanism): Contest[] {
  return MEASURES.flatMap((measure) =>
    SIZES.flatMap((size) =>
      PLACEMENTS.map((placement) => {
        const bar = syncBar(mechanism, size, measure)
        return contest(mechanism, mechanism, { size, measure, placement, outer: 'C', inner: 'hutong', bar })
      }),
    ),
  )
}

const ASYNC_BAR = 1.5

interface Rivals {
  readonly outer: Contestant
  readonly inner: Contestant
}

/** On the event loop, over pipes. The bar is on what moves per second; round trips are for information. */
function loopContests(
  group: string,
  rivals: Rivals,
  sizes: Readonly<Record<Measure, readonly number[]>>,
): Contest[] {
  const placements: readonly Placement[] = ['one-core', 'two-cores']
  return MEASURES.flatMap((measure) =>
    sizes[measure].flatMap((size) =>
      placements.map((placement) => {
        const bar = measure === 'throughput' && rivals.inner !== 'C' ? ASYNC_BAR : undefined
        return contest(group, 'pipe', { size, measure, placement, ...rivals, bar })
      }),
    ),
  )
}

const ASYNC_SIZES = { throughput: SIZES, 'round-trip': [64] }
const STREAM_SIZES = { throughput: SIZES.slice(0, 3), 'round-trip': [] }
const CEILING_SIZES = { throughput: SIZES, 'round-trip': [64] }

export const cases: readonly Case[] = [
  ...syncContests('pipe'),
  ...syncContests('fifo'),
  ...syncContests('mapping'),
  ...loopContests('async-net', { outer: 'net.Socket', inner: 'hutong async' }, ASYNC_SIZES),
  ...loopContests('async-fs', { outer: 'fs streams', inner: 'hutong async' }, ASYNC_SIZES),
  ...loopContests('stream-net', { outer: 'net stream', inner: 'hutong stream' }, STREAM_SIZES),
  ...loopContests('stream-fs', { outer: 'fs streams', inner: 'hutong stream' }, STREAM_SIZES),
  // What is there to be won: blocking C against net.Socket.
  ...loopContests('ceiling', { outer: 'net.Socket', inner: 'C' }, CEILING_SIZES),
  { kind: 'waiting', name: 'waiting/readFile' },
  ...cycled.map((object): Cycles => ({ kind: 'cycles', name: `cycles/${object}`, object })),
]
