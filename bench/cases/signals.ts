// Signals to and fro: taken by a blocking call, and on the event loop.
import { type Contest, type Contestant, contest, PLACEMENTS, type Placement } from '../case.ts'

/** A round trip of at most three times C's is a rate of at least a third of it; of at most 1.25, 0.8. */
const BARS: Readonly<Record<Placement, number | undefined>> = {
  'one-core': 1 / 3,
  'two-cores': 0.8,
  unpinned: undefined,
}

function pingPongs(group: string, inner: Contestant, placements = PLACEMENTS): Contest[] {
  const rest = { mechanism: 'signal', size: 0, measure: 'round-trip', outer: 'C', inner } as const
  return placements.map((placement) => contest(group, { ...rest, placement, bar: BARS[placement] }))
}

export const signals: readonly Contest[] = [
  ...pingPongs('signal', 'hutong'),
  ...pingPongs('async-signal', 'hutong async'),
  // On one core it never spins.
  ...pingPongs('nospin-signal', 'hutong async, no spin', ['two-cores', 'unpinned']),
]
