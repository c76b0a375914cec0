// Every lie that a peer can write into a ring: an error of its own, and never a read out of bounds or a loop without end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptPeerError } from '#src/channel/corrupt.ts'
import { RING, TAG, TAG_BITS } from '#src/channel/shm/layout.ts'
import '../support/leaks.ts'
import { seeded } from '../support/random.ts'
import { freshRing, type Ring } from '../support/ring.ts'
import { fuzzRing } from './fuzz.ts'

const CAPACITY = 4096
const UNITS = CAPACITY / 8

/** Writes the header of the record at `unit`. */
function record({ memory: { words } }: Ring, unit: number, [length, tag]: readonly [number, number]): void {
  words[2 * unit] = length
  words[2 * unit + 1] = tag
}

const head = ({ memory: { control } }: Ring, value: number): void => {
  control[RING.head] = value
}

const producersLies: Readonly<Record<string, (ring: Ring) => void>> = {
  'a head farther ahead than the ring is long': (ring) => head(ring, UNITS + 1),
  'a head far ahead': (ring) => head(ring, 2 ** 31 - 1),
  'a head that goes back': (ring) => head(ring, -1),
  'a length below zero': (ring) => record(ring, 0, [-1, TAG.message]),
  'the least length there is': (ring) => record(ring, 0, [-(2 ** 31), TAG.message]),
  'a length beyond what is there': (ring) => record(ring, 0, [9, TAG.message]),
  'the greatest length there is': (ring) => record(ring, 0, [2 ** 31 - 1, TAG.message]),
  'no tag': (ring) => record(ring, 0, [8, 0]),
  'a tag that nobody knows': (ring) => record(ring, 0, [8, 7]),
  'a tag below zero': (ring) => record(ring, 0, [8, -1]),
  'padding at the start': (ring) => record(ring, 0, [8, TAG.padding]),
  'padding of the whole ring, which could go on for ever': (ring) => {
    head(ring, UNITS)
    record(ring, 0, [CAPACITY - 8, TAG.padding])
  },
  'padding with a count': (ring) => record(ring, 0, [8, TAG.padding | (1 << TAG_BITS)]),
  'a batch of none': (ring) => record(ring, 0, [8, TAG.batch]),
  'an empty batch of none': (ring) => record(ring, 0, [0, TAG.batch]),
  'a batch that does not come out even': (ring) => record(ring, 0, [8, TAG.batch | (3 << TAG_BITS)]),
  'a part of nothing': (ring) => record(ring, 0, [8, TAG.middle]),
  'a last part of nothing': (ring) => record(ring, 0, [8, TAG.last]),
  'a first part of nothing': (ring) => record(ring, 0, [8, TAG.first]),
}

for (const [what, tell] of Object.entries(producersLies)) {
  test(`${what}: the producer's lie, and nothing it says is believed after it`, () => {
    const ring = freshRing(CAPACITY)
    ring.writer.trySend(new Uint8Array(8))
    ring.writer.flush()
    tell(ring)
    assert.throws(() => ring.inbound.next(), CorruptPeerError)
    ring.memory.control.fill(0)
    assert.throws(() => ring.inbound.next(), CorruptPeerError)
  })
}

test('padding that ends before the data does is a lie', () => {
  const ring = freshRing(CAPACITY)
  for (let i = 0; i < 2; i++) ring.writer.trySend(new Uint8Array(8))
  ring.writer.flush()
  record(ring, 2, [8, TAG.padding])
  ring.inbound.next()
  ring.inbound.advance()
  assert.throws(() => ring.inbound.next(), CorruptPeerError)
})

test('a record that runs over the end of the data is a lie', () => {
  const ring = freshRing(CAPACITY)
  for (let i = 0; i < 7; i++) {
    ring.writer.trySend(new Uint8Array(568))
    ring.writer.flush()
    ring.inbound.next()
    ring.inbound.advance()
  }
  ring.writer.trySend(new Uint8Array(8)) // 8 units are left
  ring.writer.flush()
  record(ring, 7 * 72, [60, TAG.message])
  head(ring, 7 * 72 + 16)
  assert.throws(() => ring.inbound.next(), CorruptPeerError)
})

test('a message of another kind among the parts of one is a lie', () => {
  const ring = freshRing(CAPACITY)
  ring.writer.trySendPart(new Uint8Array(600), TAG.first, 5000)
  ring.writer.trySend(new Uint8Array(8))
  ring.writer.flush()
  assert.throws(() => ring.inbound.next(), CorruptPeerError)
})

const consumersLies: Readonly<Record<string, (control: Int32Array) => void>> = {
  'a tail beyond the head': (control) => {
    control[RING.tail] = (control[RING.head] ?? 0) + 1
  },
  'a tail that goes back': (control) => {
    control[RING.tail] = (control[RING.tail] ?? 0) - 1
  },
  'a tail far away': (control) => {
    control[RING.tail] = 2 ** 31 - 1
  },
}

for (const [what, tell] of Object.entries(consumersLies)) {
  test(`${what}: the consumer's lie`, () => {
    const { writer, memory } = freshRing(CAPACITY)
    while (writer.trySend(new Uint8Array(500)));
    tell(memory.control)
    assert.throws(() => writer.trySend(new Uint8Array(500)), CorruptPeerError)
    assert.throws(() => writer.reserve(500), CorruptPeerError)
    assert.throws(() => writer.hasRoom(500), CorruptPeerError)
    assert.throws(() => writer.sleep(500), CorruptPeerError)
  })
}

test('rings among random lies give messages within their bounds, or an error of the peer', () => {
  const seed = Date.now() % 2 ** 31
  const random = seeded(seed)
  let noticed = 0
  try {
    for (let ring = 0; ring < 800; ring++) if (fuzzRing(random)) noticed++
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error })
  }
  assert.ok(noticed > 300, `${noticed} were noticed`)
})
