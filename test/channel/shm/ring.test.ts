// The ring alone: both sides in one process, one after the other. What they do at the same time is test/model.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RING, TAG, unitsOf } from '#src/channel/shm/layout.ts'
import { NONE, type RingReader } from '#src/channel/shm/ring-reader.ts'
import '../../support/leaks.ts'
import { below, type Random, seeded } from '../../support/random.ts'
import { freshRing, message, type Ring, readAll } from '../../support/ring.ts'

const CAPACITY = 4096

/** Writes and reads by turns, in every way there is; what comes out is what went in. */
function exchange({ writer, reader }: Ring, random: Random, rounds: number): void {
  const sent: Uint8Array[] = []
  const again = new Uint8Array(64) // the same memory again and again goes by words
  for (let round = 0; round < rounds; round++) {
    const one = below(random, 3) === 0 ? refilled(again, random) : message(random, most(random))
    if (put(writer, one, below(random, 3))) sent.push(one.slice())
    if (below(random, 3) === 0) writer.flush()
    for (let count = below(random, 4); count > 0; count--) take(reader, sent, random)
  }
  writer.flush()
  while (sent.length > 0) take(reader, sent, random)
  assert.equal(reader.next(), NONE)
}

const most = (random: Random): number => [8, 100, 700, 2040][below(random, 4)] ?? 8

function refilled(array: Uint8Array, random: Random): Uint8Array {
  return array.fill(below(random, 256))
}

function put(writer: Ring['writer'], one: Uint8Array, way: number): boolean {
  if (way === 0) return writer.trySend(one)
  if (way === 1 && one.length > 0) return writer.trySendBatch(one, one.length)
  const place = writer.reserve(Math.min(writer.longest, one.length + 5))
  place?.set(one)
  if (place !== undefined) writer.commit(one.length)
  return place !== undefined
}

const target = new Uint8Array(2048)
const words = new Uint8Array(64)

function take(reader: RingReader, sent: Uint8Array[], random: Random): void {
  const length = reader.next()
  if (length === NONE) return
  const expected = sent.shift()
  assert.ok(expected !== undefined, 'a message that nobody sent')
  const into = length <= words.length ? words : target
  const way = below(random, 3)
  if (way === 0) reader.copyTo(into)
  const got = way === 0 ? into.subarray(0, length) : way === 1 ? reader.copy() : reader.view()
  assert.deepEqual(Buffer.from(got), Buffer.from(expected))
  reader.advance()
}

test('messages of all lengths come out whole and in order, wherever in the ring they lie', () => {
  const random = seeded(5)
  const ring = freshRing(CAPACITY)
  exchange(ring, random, 4000)
  assert.ok(ring.writer.bytes > 20 * CAPACITY, 'around many times')
  assert.equal(ring.reader.messages, ring.writer.messages)
  assert.equal(ring.reader.bytes, ring.writer.bytes)
})

test('positions are words of 32 bits that wrap, and nothing is seen of it', () => {
  // Half a ring at a time comes to 2^32 units soon, and writes nothing but headers.
  const ring = freshRing(2 ** 26)
  const { writer, reader, memory } = ring
  const units = unitsOf(writer.longest)
  for (let count = 1; count < 2 ** 32 / units; count++) {
    assert.ok(writer.reserve(writer.longest))
    writer.commit(writer.longest)
    assert.equal(reader.next(), writer.longest)
    reader.advance()
  }
  assert.equal(memory.control[RING.head], -units, 'one more, and it is 0 again')
  assert.ok(writer.reserve(writer.longest))
  writer.commit(writer.longest - 4096)
  assert.equal(reader.next(), writer.longest - 4096)
  reader.advance()
  exchange(ring, seeded(6), 300)
  assert.ok((memory.control[RING.head] ?? 0) > 0, 'it has gone through 0')
})

test('the longest record has room in an empty ring, whatever the position', () => {
  const { writer, reader } = freshRing(CAPACITY)
  for (let small = 0; small < CAPACITY / 8; small++) {
    assert.equal(writer.trySend(new Uint8Array(0)), true)
    writer.flush()
    assert.deepEqual(readAll(reader).length, 1)
    reader.release()
    assert.equal(writer.trySend(new Uint8Array(writer.longest).fill(small)), true)
    writer.flush()
    const [longest] = readAll(reader)
    assert.deepEqual([longest?.length, longest?.[0], longest?.at(-1)], [2040, small & 255, small & 255])
    reader.release()
  }
})

test('a full ring takes no more, and has room again when a part of it was read', () => {
  const { writer, reader } = freshRing(CAPACITY)
  const one = new Uint8Array(56) // 64 with its header
  let count = 0
  while (writer.trySend(one.fill(count))) count++
  assert.equal(count, CAPACITY / 64)
  assert.equal(writer.hasRoom(56), false)
  for (let read = 1; read <= 8; read++) {
    reader.next()
    reader.advance()
    assert.equal(writer.hasRoom(56), read === 8, 'an eighth is given back at once')
  }
  assert.deepEqual(
    readAll(reader).map(([first]) => first),
    Array.from({ length: count - 8 }, (_, i) => i + 8),
  )
})

test('of what is sent in a turn nothing is seen before its end, a flush, or 1.25 KiB', async () => {
  const { writer, reader } = freshRing(CAPACITY)
  writer.trySend(new Uint8Array(56))
  assert.equal(reader.next(), NONE)
  writer.flush()
  assert.equal(readAll(reader).length, 1)
  writer.trySend(new Uint8Array(56))
  assert.equal(reader.next(), NONE)
  await Promise.resolve()
  assert.equal(readAll(reader).length, 1)
  for (let i = 0; i < 19; i++) writer.trySend(new Uint8Array(56))
  assert.equal(reader.next(), NONE)
  writer.trySend(new Uint8Array(56))
  assert.equal(readAll(reader).length, 20)
})

test('one that finds no room publishes what it has, so that there will be some', () => {
  const { writer, reader } = freshRing(CAPACITY)
  writer.trySend(new Uint8Array(1200))
  assert.equal(writer.trySend(new Uint8Array(2040)), true)
  writer.trySend(new Uint8Array(8))
  assert.equal(writer.trySend(new Uint8Array(2040)), false)
  assert.equal(readAll(reader).length, 3)
  assert.equal(writer.trySend(new Uint8Array(2040)), true)
})

test('a batch is one record: its messages are read one by one, or several at a time', () => {
  const { writer, reader } = freshRing(CAPACITY)
  const packed = Uint8Array.from({ length: 60 }, (_, i) => i)
  assert.equal(writer.trySendBatch(packed, 6), true)
  writer.flush()
  assert.deepEqual([reader.next(), reader.left, reader.tag], [6, 10, TAG.batch])
  assert.deepEqual([...reader.copy()], [0, 1, 2, 3, 4, 5])
  reader.advance()
  assert.deepEqual([reader.next(), reader.left], [6, 9])
  assert.deepEqual([...reader.view(8)], [...packed.subarray(6, 54)])
  reader.advance(8)
  reader.copyTo(target)
  assert.deepEqual([...target.subarray(0, 6)], [54, 55, 56, 57, 58, 59])
  reader.advance()
  assert.equal(reader.next(), NONE)
  assert.deepEqual([reader.messages, reader.bytes], [10, 60])
})

test('a batch of more messages than its record can count is refused', () => {
  const { writer, reader } = freshRing(2 ** 25)
  assert.throws(() => writer.trySendBatch(new Uint8Array(2 ** 23), 1), RangeError)
  assert.equal(writer.trySendBatch(new Uint8Array(2 ** 23 - 1), 1), true)
  writer.flush()
  assert.deepEqual([reader.next(), reader.left], [1, 2 ** 23 - 1])
})

test('a loan is sent as long as it is committed, or not at all', () => {
  const { writer, reader } = freshRing(CAPACITY)
  const place = writer.reserve(100)
  assert.equal(place?.length, 100)
  assert.equal(writer.loaned, true)
  assert.equal(writer.trySend(new Uint8Array(1)), false, 'nothing else while it is open')
  assert.equal(writer.reserve(1), undefined)
  assert.equal(writer.hasRoom(1), false)
  assert.throws(() => writer.commit(101), RangeError)
  writer.commit(3)
  assert.ok(writer.reserve(2000))
  writer.abort()
  writer.trySend(Uint8Array.of(7))
  writer.flush()
  assert.deepEqual(
    readAll(reader).map(({ length }) => length),
    [3, 1],
  )
})
