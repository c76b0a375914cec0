// Long proofs: kills, fuzz, cycles. `npm run soak` runs them for as long as wanted, the tests run a short slice.
import type { Random } from '../support/random.ts'

/** One long proof, cut into rounds. A round throws when what it proves does not hold. */
export interface Soak {
  readonly name: string
  /** How many rounds the tests run. */
  readonly slice: number
  round(random: Random): Promise<void>
  /** Checks that only make sense after many rounds (nothing has grown), and cleaning up. */
  finish?(): Promise<void>
}
