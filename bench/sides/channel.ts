// One side of a trial over a channel, or over what Node has instead. bench/c/channel.c does the same in C.
// Argument: a ChannelPlan as JSON; prints a ChannelOutput.
import type { Mover } from '../channel-case.ts'
import { overChannel } from './channel/hutong.ts'
import { overNet } from './channel/net.ts'
import { overProcessSend } from './channel/process-send.ts'
import { type ChannelPlan, type Line, runRole } from './channel/roles.ts'

const open: Readonly<Record<Exclude<Mover, 'C'>, (plan: ChannelPlan) => Promise<Line> | Line>> = {
  hutong: overChannel,
  net: overNet,
  'process.send json': ({ lane }) => overProcessSend('x'.repeat(lane.size)),
  'process.send advanced': ({ lane }) => overProcessSend(new Uint8Array(lane.size)),
}

const plan = JSON.parse(process.argv[2] ?? '') as ChannelPlan
const { mover } = plan.lane
if (mover === 'C') throw new Error('C has a program of its own')
const line = await open[mover](plan)
await runRole(plan, line)
line.close()
