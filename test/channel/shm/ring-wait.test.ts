// The ring's words for waiting, its end, and places that are still in use.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RING } from '#src/channel/shm/layout.ts'
import { NONE } from '#src/channel/shm/ring-reader.ts'
import '../../support/leaks.ts'
import { freshRing, readAll } from '../../support/ring.ts'

const CAPACITY = 4096

test('places that are held are not written over, and nothing behind them is', () => {
  const { writer, reader, memory } = freshRing(CAPACITY)
  for (let i = 0; i < 4; i++) writer.trySend(new Uint8Array(1000).fill(i))
  assert.equal(writer.hasRoom(1000), false)
  reader.next()
  const first = reader.view()
  const releaseFirst = reader.hold()
  reader.advance()
  reader.next()
  const second = reader.view()
  const releaseSecond = reader.hold()
  reader.advance()
  assert.equal(readAll(reader).length, 2)
  assert.equal(writer.hasRoom(1000), false)
  releaseSecond() // not the oldest: still nothing
  assert.equal(memory.control[RING.tail], 0)
  assert.deepEqual([first[999], second[999]], [0, 1])
  releaseFirst()
  assert.equal(memory.control[RING.tail], memory.control[RING.head])
  assert.equal(writer.hasRoom(1000), true)
})

test('a message that is held while others come and go keeps its place', () => {
  const { writer, reader } = freshRing(CAPACITY)
  writer.trySend(new Uint8Array(8).fill(1))
  writer.flush()
  reader.next()
  const held = reader.view()
  const release = reader.hold()
  reader.advance()
  let count = 0
  while (writer.trySend(new Uint8Array(500).fill(2))) {
    writer.flush()
    count += readAll(reader).length
  }
  assert.equal(count, 7, 'the ring is full, although all was read')
  assert.deepEqual([...held], [1, 1, 1, 1, 1, 1, 1, 1])
  release()
  assert.equal(writer.trySend(new Uint8Array(500)), true)
})

test('the bell rings once for a consumer that sleeps, and not for one that is awake', () => {
  const { writer, reader, rings } = freshRing(CAPACITY)
  const send = (): void => {
    writer.trySend(new Uint8Array(8))
    writer.flush()
  }
  send()
  assert.equal(reader.sleep(), false, 'there is something')
  send()
  assert.equal(rings.reader, 0)
  readAll(reader)
  assert.equal(reader.sleep(), true)
  send()
  send()
  assert.equal(rings.reader, 1)
})

test('a consumer does not go to sleep over what it has seen and not taken', () => {
  const { writer, reader } = freshRing(CAPACITY)
  writer.trySend(new Uint8Array(8))
  writer.trySend(new Uint8Array(8))
  writer.flush()
  reader.next()
  assert.equal(reader.sleep(), false)
  reader.advance()
  assert.equal(reader.sleep(), false, 'the second is there')
  reader.next()
  reader.advance()
  assert.equal(reader.sleep(), true)
})

test('the bell rings once for a producer that waits for room', () => {
  const { writer, reader, rings } = freshRing(CAPACITY)
  const one = new Uint8Array(1016)
  for (let i = 0; i < 3; i++) writer.trySend(one)
  assert.equal(writer.sleep(1016), false, 'there is room')
  writer.trySend(one)
  assert.equal(writer.sleep(1016), true)
  reader.next()
  reader.advance()
  assert.equal(rings.writer, 1)
  reader.next()
  reader.advance()
  assert.equal(rings.writer, 1)
  assert.equal(writer.sleep(1016), false, 'there is room by now')
})

test('what waits to be published is, before its producer sleeps', () => {
  const { writer, reader } = freshRing(CAPACITY)
  writer.trySend(new Uint8Array(8))
  writer.sleep(8)
  assert.equal(readAll(reader).length, 1)
})

test('the end is said behind the last message, and wakes who sleeps', () => {
  const { writer, reader, rings } = freshRing(CAPACITY)
  assert.equal(reader.sleep(), true)
  writer.trySend(new Uint8Array(8))
  writer.end()
  assert.equal(rings.reader, 1)
  assert.equal(reader.ended, true)
  assert.equal(reader.ready, true)
  assert.equal(reader.sleep(), false)
  assert.equal(readAll(reader).length, 1)
  assert.equal(reader.next(), NONE)
})

test('a consumer that sleeps before an end without a message is woken, too', () => {
  const { writer, reader, rings } = freshRing(CAPACITY)
  reader.sleep()
  writer.end()
  assert.equal(rings.reader, 1)
})

test('a consumer that takes no more says so, and wakes a producer that waits', () => {
  const { writer, reader, rings, memory } = freshRing(CAPACITY)
  while (writer.trySend(new Uint8Array(100)));
  writer.sleep(100)
  assert.equal(memory.control[RING.closed], 0)
  reader.close()
  assert.equal(memory.control[RING.closed], 1)
  assert.equal(rings.writer, 1)
})
