// The table of cases.
import { type Case, crowds, cycled } from './case.ts'
import { channels } from './cases/channels.ts'
import { contests, singles, unmeasured } from './cases/objects.ts'
import { pipes } from './cases/pipes.ts'
import { signals } from './cases/signals.ts'
import { sockets } from './cases/sockets.ts'

export const cases: readonly Case[] = [
  ...pipes,
  ...sockets,
  ...signals,
  ...channels,
  ...contests,
  ...singles,
  ...crowds.map((crowd) => ({ kind: 'waiting', name: `waiting/${crowd}`, crowd }) as const),
  ...cycled.map((object) => ({ kind: 'cycles', name: `cycles/${object}`, object }) as const),
  ...unmeasured,
]
