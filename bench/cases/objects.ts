// Message queues, semaphores, locks.
import {
  type Contest,
  type Contestant,
  contest,
  MEASURES,
  type Mechanism,
  type Operation,
  PLACEMENTS,
  type Single,
  type Soloist,
  type Unmeasured,
} from '../case.ts'

/** The smallest, and the largest the system's defaults allow: /proc/sys/kernel/msgmax, /proc/sys/fs/mqueue/msgsize_max. */
const SMALL = 64
const LARGE = 8192
/**
 * More than anybody may ask for: see inside.ts. A POSIX queue of larger messages would meet RLIMIT_MSGQUEUE; without this, one
 * of System V holds two of the largest, and both sides sleep over and over.
 */
const DEEP = 128

interface Queue {
  readonly mechanism: Mechanism
  readonly depth?: number
}

function queueContests(group: string, queue: Queue, sizes: readonly number[]): Contest[] {
  return MEASURES.flatMap((measure) =>
    sizes.flatMap((size) =>
      PLACEMENTS.map((placement) => {
        const bar = measure === 'round-trip' ? undefined : size === SMALL ? 0.8 : 0.9
        return contest(group, { ...queue, size, measure, placement, outer: 'C', inner: 'hutong', bar })
      }),
    ),
  )
}

/** Promises and callbacks: each message is awaited before the next. */
function loopContests(group: string, mechanism: Mechanism, outer: Contestant): Contest[] {
  return MEASURES.flatMap((measure) =>
    (['one-core', 'two-cores'] as const).map((placement) =>
      contest(group, {
        mechanism,
        size: SMALL,
        measure,
        placement,
        outer,
        inner: 'hutong async',
        bar: undefined,
      }),
    ),
  )
}

/** A round trip of at most 1.25 of C's is a rate of at least 0.8 of it. */
const PING_PONG_BAR = 0.8

function pingPongs(mechanism: Mechanism): Contest[] {
  return PLACEMENTS.map((placement) => {
    const rest = { size: 0, measure: 'round-trip', outer: 'C', inner: 'hutong' } as const
    return contest(mechanism, { mechanism, placement, ...rest, bar: PING_PONG_BAR })
  })
}

export const contests: readonly Contest[] = [
  ...queueContests('sysv-mq', { mechanism: 'sysv-mq' }, [SMALL, LARGE]),
  ...queueContests('sysv-mq-deep', { mechanism: 'sysv-mq', depth: DEEP }, [LARGE]).filter(
    ({ measure }) => measure === 'throughput', // a round trip has one message under way
  ),
  ...queueContests('posix-mq', { mechanism: 'posix-mq' }, [SMALL, LARGE]),
  ...queueContests('posix-mq-deep', { mechanism: 'posix-mq', depth: DEEP }, [SMALL]),
  ...loopContests('async-sysv-mq', 'sysv-mq', 'C'),
  ...loopContests('async-posix-mq', 'posix-mq', 'C'),
  ...loopContests('rival-svmq', 'sysv-mq', 'svmq'),
  ...pingPongs('sysv-sem'),
  ...pingPongs('posix-sem'),
]

function single(operation: Operation, outer: Soloist, bar?: number): Single {
  return { kind: 'single', name: `single/${operation}/${outer}`, operation, outer, inner: 'hutong', bar }
}

/** Nanoseconds that locking and unlocking a robust mutex may take more than in C. */
const MUTEX_BAR = 150

export const singles: readonly Single[] = [
  single('mutex', 'C', MUTEX_BAR),
  single('posix-sem', 'C'),
  single('sysv-sem', 'C'),
  single('sysv-shm', 'C'),
  single('sysv-shm', 'shm-typed-array'),
  single('flock', 'C'),
  single('flock', 'fs-ext'),
  single('flock-async', 'proper-lockfile'),
  single('record-lock', 'C'),
  single('record-lock-async', 'os-lock'),
  single('struct', 'DataView'),
]

const NAN = 'does not build with Node 20: it uses functions of V8 that are gone'

const OLD = ['posix-mq 1.1.3', 'posix-semaphore 0.0.2', 'unix-socket-credentials 0.1.3 (its ffi 1.2.7)']

export const unmeasured: readonly Unmeasured[] = OLD.map((rival) => ({
  kind: 'unmeasured',
  name: `rival/${rival.replace(/ .*/, '')}`,
  why: `${rival} ${NAN}`,
}))
