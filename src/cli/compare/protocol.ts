// What the comparing process and its sides say to each other: lines of JSON on the side's standard input and output. The
// data themselves never go this way.
import type { Leftover } from './leftover.ts'
import type { Settings } from './mechanism.ts'
import type { Counts, Role, RoundTrip } from './model.ts'

/** Numbers of the descriptors that every side inherits: the file to read or write, then those of the mechanism. */
export const FILE_FD = 3
export const FIRST_FD = 4

export type Request =
  /** Takes its ends. Answered by `ready`. */
  | {
      readonly do: 'join'
      readonly role: Role
      readonly mechanism: string
      readonly module: string | undefined
      readonly settings: Settings
      readonly descriptors: number
      /** The one it is to stay on. */
      readonly processor: number | null
      /** Removed by the side if the comparing process dies. */
      readonly leftovers: readonly Leftover[]
    }
  /** Moves the file. Answered by `ready` (receiver), `held` if `holdAt` is reached, `moved`. */
  | { readonly do: 'move'; readonly size: number; readonly holdAt: number | null }
  /** Goes on after `held`. */
  | { readonly do: 'go' }
  /** Exchanges messages. Answered by `talked`. */
  | {
      readonly do: 'talk'
      readonly rounds: number
      readonly warmUp: number
      /** In milliseconds; after it the exchange ends early. */
      readonly longest: number
    }

export type Reply =
  /** `fd`: where in this process the receiver writes, so that others can see how far it is. */
  | { readonly is: 'ready'; readonly fd?: number }
  | { readonly is: 'held'; readonly at: number }
  /** CLOCK_MONOTONIC in nanoseconds, which is the same clock in both processes. */
  | { readonly is: 'moved'; readonly from: number; readonly to: number; readonly counts: Counts | null }
  | {
      readonly is: 'talked'
      readonly roundTrip: RoundTrip | null
      readonly rounds: number
      readonly counts: Counts | null
    }
  | { readonly is: 'failed'; readonly message: string }
