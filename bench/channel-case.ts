// What a case of channels is: two ways of moving messages, of which one sets the measure for the other.
import type { Placement } from './case.ts'

/** Who moves the messages: a ring in C, a channel in shared memory, and what Node has. */
export type Mover = 'C' | 'hutong' | 'net' | 'process.send json' | 'process.send advanced'

/**
 * How, in throughput:
 * - `one`: one at a time, copied in and out (`trySend`, `tryReceiveInto`); what waits does so by `writable` and `readable`
 * - `packed`: 64 together (`trySendPacked`, `tryReceivePacked`; C publishes every 64; `net` writes 64 as one buffer)
 * - `fresh`, `iterate`, `batches`: as `one`, received by `tryReceive`, `for await`, `for await` over `batches()`
 * - `in place`: written and read where they lie (`tryLoan`, `tryReceiveView`)
 * and to and fro: `round trip`. More than two:
 * - `overwrite`, `block`: a topic with that policy, whose publisher's rate counts
 * - `queue`, `queue, unacknowledged`: two producers, two workers, and who holds the queue
 */
export type Way =
  | 'one'
  | 'packed'
  | 'fresh'
  | 'iterate'
  | 'batches'
  | 'in place'
  | 'round trip'
  | 'overwrite'
  | 'block'
  | 'queue'
  | 'queue, unacknowledged'

/** How long a side stays awake that has nothing to do: as channels do by default, for ever in a blocking call, not at all. */
export type Mode = 'default' | 'spin' | 'spin 0'

export interface Lane {
  readonly mover: Mover
  readonly way: Way
  readonly mode: Mode
  /** Bytes of a message. */
  readonly size: number
  /** Bytes of a ring, where there is one. */
  readonly capacity: number
  /** Subscribers of a topic. */
  readonly readers?: number
}

/** What must be reached: the inner's rate over the outer's, messages per second, or microseconds of a round trip. */
export interface Bar {
  readonly of: 'ratio' | 'rate' | 'microseconds'
  readonly value: number
}

export interface ChannelCase {
  readonly kind: 'channel'
  readonly name: string
  readonly placement: Placement
  readonly outer: Lane
  readonly inner: Lane
  readonly bar: Bar | undefined
}

export const costs = ['idle', 'open', 'import'] as const
export type Cost = (typeof costs)[number]

/** What channels cost beside their messages: a thousand that are idle, opening one, importing the module. */
export interface CostCase {
  readonly kind: 'cost'
  readonly name: string
  readonly cost: Cost
}
