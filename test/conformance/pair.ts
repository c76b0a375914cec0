// The suite that every mechanism passes which carries a pair: see lane.ts for what it needs.
import { ending } from './ending.ts'
import { inPlace } from './in-place.ts'
import type { Lane } from './lane.ts'
import { messages } from './messages.ts'
import { waiting } from './waiting.ts'

/** Registers the tests of a mechanism. */
export function pairConforms(lane: Lane): void {
  messages(lane)
  waiting(lane)
  inPlace(lane)
  ending(lane)
}
