// Pipes, FIFOs and shared memory.
import {
  type Contest,
  type Contestant,
  contest,
  MEASURES,
  type Measure,
  type Mechanism,
  PLACEMENTS,
  type Placement,
} from '../case.ts'

const SIZES = [64, 1024, 65536, 1048576]

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
        return contest(mechanism, { mechanism, size, measure, placement, outer: 'C', inner: 'hutong', bar })
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
        return contest(group, { mechanism: 'pipe', size, measure, placement, ...rivals, bar })
      }),
    ),
  )
}

/** What threads cost a process in each call, whatever its language: every Node process has some. */
function threadContests(group: string, rivals: Rivals): Contest[] {
  return MEASURES.flatMap((measure) =>
    PLACEMENTS.map((placement) =>
      contest(group, { mechanism: 'pipe', size: 64, measure, placement, ...rivals, bar: undefined }),
    ),
  )
}

const ASYNC_SIZES = { throughput: SIZES, 'round-trip': [64] }
const STREAM_SIZES = { throughput: SIZES.slice(0, 3), 'round-trip': [] }
const CEILING_SIZES = { throughput: SIZES, 'round-trip': [64] }

export const pipes: readonly Contest[] = [
  ...syncContests('pipe'),
  ...syncContests('fifo'),
  ...syncContests('mapping'),
  ...threadContests('threads-c', { outer: 'C', inner: 'C, 2 threads' }),
  ...threadContests('threads-hutong', { outer: 'C, 2 threads', inner: 'hutong' }),
  ...loopContests('async-net', { outer: 'net.Socket', inner: 'hutong async' }, ASYNC_SIZES),
  ...loopContests('async-fs', { outer: 'fs streams', inner: 'hutong async' }, ASYNC_SIZES),
  ...loopContests('stream-net', { outer: 'net stream', inner: 'hutong stream' }, STREAM_SIZES),
  ...loopContests('stream-fs', { outer: 'fs streams', inner: 'hutong stream' }, STREAM_SIZES),
  // What is there to be won: blocking C against net.Socket.
  ...loopContests('ceiling', { outer: 'net.Socket', inner: 'C' }, CEILING_SIZES),
]
