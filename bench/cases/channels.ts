// Channels in shared memory, each case with what it must reach.
import { type Case, type Placement, sizeName } from '../case.ts'
import { type Bar, type ChannelCase, costs, type Lane } from '../channel-case.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** What a channel has unless it is told otherwise. */
const CAPACITY = 256 * KIB
/** For messages of 64 KiB. */
const LARGE_CAPACITY = MIB
/** Rings that hold as many messages, whatever their size. */
const MESSAGES_IN_PLACE = 16

const small: Lane = { mover: 'hutong', way: 'one', mode: 'default', size: 64, capacity: CAPACITY }
const large: Lane = { ...small, size: 64 * KIB, capacity: LARGE_CAPACITY }

function ratio(value: number): Bar {
  return { of: 'ratio', value }
}

function rate(value: number): Bar {
  return { of: 'rate', value }
}

interface Rest {
  readonly outer: Partial<Lane>
  readonly where?: readonly Placement[]
  readonly bar?: Bar
}

/** The inner lane against another that differs from it in `outer` only. Two processors unless it says where. */
function against(name: string, inner: Lane, { outer, where = ['two-cores'], bar }: Rest): ChannelCase[] {
  return where.map((placement) => ({
    kind: 'channel',
    name: `channel/${name}/${sizeName(inner.size)}/${placement}`,
    placement,
    outer: { ...inner, ...outer },
    inner,
    bar,
  }))
}

const C = { mover: 'C' } as const

const shared: readonly ChannelCase[] = [
  ...against('one', small, { outer: C, bar: ratio(0.7) }),
  ...against('one', small, { outer: C, where: ['one-core', 'unpinned'] }),
  ...against('one-spin', { ...small, mode: 'spin' }, { outer: C }),
  ...against('one-spin-0', { ...small, mode: 'spin 0' }, { outer: C }),
  ...against('packed', { ...small, way: 'packed' }, { outer: C, bar: ratio(0.4) }),
  ...against('fresh', { ...small, way: 'fresh' }, { outer: { ...C, way: 'one' }, bar: rate(10e6) }),
  ...against('iterate', { ...small, way: 'iterate' }, { outer: { ...C, way: 'one' }, bar: rate(3e6) }),
  ...against('batches', { ...small, way: 'batches' }, { outer: { ...C, way: 'one' }, bar: rate(20e6) }),
  ...against('one', large, { outer: C, bar: ratio(0.9) }),
]

/** The time of a message must not depend on its size; that of two trials differs by that much anyway. */
const INDEPENDENT = 0.8

function inPlace(size: number): Lane {
  return { ...small, way: 'in place', size, capacity: MESSAGES_IN_PLACE * size }
}

const trip: Lane = { ...small, way: 'round trip' }
const asleep: Lane = { ...trip, mode: 'spin 0' }
const net = { mover: 'net' } as const

const trips: readonly ChannelCase[] = [
  // At most 2.5 times as long is at least 1 / 2.5 of the rate.
  ...against('trip-spin', { ...trip, mode: 'spin' }, { outer: C, bar: ratio(1 / 2.5) }),
  ...against('trip', trip, { outer: C, bar: { of: 'microseconds', value: 1.5 } }),
  ...against('trip-asleep', asleep, { outer: net, where: ['one-core'], bar: ratio(1 / 0.75) }),
  ...against('trip-asleep', asleep, { outer: net, bar: ratio(1 / 0.95) }),
]

const packed: Lane = { ...small, way: 'packed' }
const json = { mover: 'process.send json' } as const
const advanced = { mover: 'process.send advanced' } as const

const rivals: readonly ChannelCase[] = [
  ...against('rival-send-json', small, { outer: json, bar: ratio(25) }),
  ...against('rival-send-advanced', small, { outer: advanced, bar: ratio(25) }),
  ...against('rival-net', small, { outer: net, bar: ratio(20) }),
  ...against('rival-net-packed', packed, { outer: net, bar: ratio(5) }),
  ...against('rival-send-json', large, { outer: json, bar: ratio(10) }),
  ...against('rival-send-advanced', large, { outer: advanced, bar: ratio(10) }),
  ...against('rival-net', large, { outer: net, bar: ratio(10) }),
]

function topic(policy: 'overwrite' | 'block', bar: number): ChannelCase[] {
  const lane: Lane = { ...small, way: policy, capacity: MIB, readers: 4 }
  return against(`topic-${policy}`, lane, { outer: { readers: 1 }, bar: ratio(bar) })
}

const queue: Lane = { ...small, way: 'queue' }

const gatherings: readonly ChannelCase[] = [
  ...topic('overwrite', 0.8),
  ...topic('block', 0.25),
  // Five processes: more than there are processors.
  ...against('queue', queue, {
    outer: { way: 'queue, unacknowledged' },
    where: ['unpinned'],
    bar: rate(1e6),
  }),
]

export const channels: readonly Case[] = [
  ...shared,
  ...against('in-place', inPlace(MIB), { outer: inPlace(4 * KIB), bar: ratio(INDEPENDENT) }),
  ...trips,
  ...gatherings,
  ...rivals,
  ...costs.map((cost) => ({ kind: 'cost', name: `channel/cost/${cost}`, cost }) as const),
]
