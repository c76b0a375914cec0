// What accessors read and write, and what they refuse.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { array, cstring, Mapping, struct, u8, u16, u32 } from 'hutong'
import '../../support/leaks.ts'
import { Level, Order, values } from './order.ts'

test('fields lie where C puts them', () => {
  assert.deepEqual([Level.size, Level.alignment, Level.offsets], [16, 8, { price: 0, amount: 8 }])
  const tight = struct({ a: u8, b: u16, c: u8, d: array(u8, 3), e: u32 })
  assert.deepEqual([tight.size, tight.offsets], [12, { a: 0, b: 2, c: 4, d: 5, e: 8 }])
})

test('what is written is read again, through accessors and as a copy', () => {
  const memory = new ArrayBuffer(Order.size + 8)
  Order.write(memory, values, 8)
  assert.deepEqual(Order.read(memory, 8), values)
  const order = Order.at(memory, 8)
  assert.deepEqual(JSON.stringify(order.best), '{"price":1.5,"amount":7}')
  assert.match(inspect(order), /name: '胡同 lane'/)
  const other = Order.at(new ArrayBuffer(Order.size))
  for (const name of [
    'side',
    'id',
    'delta',
    'shift',
    'balance',
    'ratio',
    'price',
    'open',
    'letter',
    'name',
  ]) {
    Object.assign(other, { [name]: order[name as 'id'] })
  }
  assert.deepEqual(
    [other.side, other.id, other.balance, other.letter],
    ['sell', 2n ** 64n - 1n, -(2n ** 63n), 'é'],
  )
  assert.deepEqual([other.delta, other.shift, other.ratio, other.price], [-128, -2, 0.25, -1e300])
  assert.deepEqual([other.open, other.name], [true, '胡同 lane'])
})

test('structs, arrays, bytes, flags and atomics inside write through', () => {
  const memory = new Uint8Array(Order.size)
  const order = Order.at(memory)
  assert.equal(order.best, order.best, 'made once')
  order.side = 'buy'
  order.best.price = 9
  order.levels.get(1).amount = 10
  order.levels.set(0, { price: 1, amount: 2 })
  order.tags.set(1, 'xyz')
  order.counts.set([1, 2, 3])
  order.grid.get(1)[2] = 4
  order.digest[4] = 5
  order.marks.hidden = true
  order.marks.all = true
  order.marks.urgent = true
  order.marks.urgent = false
  const copy = Order.read(memory)
  assert.deepEqual(copy.best, { price: 9, amount: 0 })
  assert.deepEqual(copy.levels, [
    { price: 1, amount: 2 },
    { price: 0, amount: 10 },
  ])
  assert.deepEqual([copy.tags, copy.counts], [['', 'xyz'], Uint16Array.of(1, 2, 3)])
  assert.deepEqual([copy.grid[1], copy.digest], [Uint8Array.of(0, 0, 4), Uint8Array.of(0, 0, 0, 0, 5)])
  assert.deepEqual(copy.marks, { urgent: false, hidden: true, all: true })
  assert.deepEqual([...order.tags], ['', 'xyz'])
  assert.deepEqual(
    [...order.levels].map(({ amount }) => amount),
    [2, 10],
  )
  assert.throws(() => order.levels.get(2), /RangeError: index must be from 0 to 1 in order.levels, not 2/)
  assert.throws(() => order.tags.set(-1, ''), RangeError)
})

test('atomics give the value before, wrap as C does, and swap only what is expected', () => {
  const { hits, total } = Order.at(new SharedArrayBuffer(Order.size))
  hits.store(5)
  assert.deepEqual([hits.add(3), hits.sub(10), hits.load()], [5, 8, 2 ** 32 - 2])
  assert.deepEqual([hits.and(6), hits.or(1), hits.xor(3), hits.exchange(9)], [2 ** 32 - 2, 6, 7, 4])
  assert.deepEqual([hits.compareExchange(8, 1), hits.load()], [9, 9])
  assert.deepEqual([hits.compareExchange(9, 1), hits.load(), hits.cells[0]], [9, 1, 1])
  total.store(-1n)
  assert.deepEqual([total.add(2n), total.sub(5n), total.and(6n), total.or(1n)], [-1n, 1n, -4n, 4n])
  assert.deepEqual([total.xor(1n), total.exchange(7n), total.compareExchange(7n, 8n)], [5n, 4n, 7n])
  assert.equal(total.load(), 8n)
  assert.throws(
    () => hits.store(-1),
    /RangeError: order.hits must be a whole number from 0 to 4294967295 \(u32\)/,
  )
  assert.throws(() => hits.add(0.5), RangeError)
  assert.throws(() => total.add(2n ** 63n), RangeError)
})

test('every kind of memory serves, at its own offset', () => {
  const pair = struct({ a: u8, b: u32 })
  const buffer = new ArrayBuffer(64)
  for (const memory of [
    buffer,
    new Uint8Array(buffer),
    Buffer.from(buffer),
    new DataView(buffer),
    { bytes: new Uint8Array(buffer) },
  ]) {
    pair.at(memory, 16).b += 1
  }
  pair.at(new Uint8Array(buffer, 8, 16), 8).b += 1
  pair.at(new Float64Array(buffer, 16)).b += 1
  assert.equal(new DataView(buffer).getUint32(20, true), 7)
})

test('strings are padded with zeros, cut between characters where that is allowed, and end at the first NUL', () => {
  const text = struct({ cut: cstring(6, { truncate: true }), wide: cstring(100) })
  const memory = new Uint8Array(text.size).fill(0xff)
  const accessor = text.at(memory)
  assert.equal(accessor.cut, '\ufffd'.repeat(6), 'without a NUL it is all there is')
  accessor.cut = 'ab胡同'
  assert.deepEqual([...memory.subarray(0, 6)], [...Buffer.from('ab胡'), 0])
  accessor.cut = 'a'
  assert.deepEqual([...memory.subarray(0, 6)], [97, 0, 0, 0, 0, 0])
  accessor.wide = '胡'.repeat(33)
  assert.equal(accessor.wide, '胡'.repeat(33))
  accessor.wide = ''
  assert.equal(accessor.wide, '')
})

test('after its mapping was closed, an accessor throws and its typed arrays are empty', () => {
  const mapping = Mapping.anonymous(4096)
  const order = Order.at(mapping)
  order.id = 5n
  const { counts, hits, best } = order
  mapping.close()
  for (const access of [
    () => order.id,
    () => order.name,
    () => best.price,
    () => hits.load(),
    () => hits.add(1),
  ]) {
    assert.throws(access, TypeError)
  }
  assert.throws(() => Object.assign(order, { id: 1n }), TypeError)
  assert.throws(() => Object.assign(order, { name: 'x' }), TypeError)
  assert.equal(counts[0], undefined)
  assert.throws(() => Order.at(mapping), { code: 'EBADF' })
})

test('names of JavaScript are names like any other', () => {
  const odd = struct({ constructor: u8, toString: u8, toJSON: u8, hasOwnProperty: u8 })
  const accessor = odd.at(new ArrayBuffer(8))
  accessor.constructor = 1
  accessor.hasOwnProperty = 4
  accessor.toJSON = 3
  assert.deepEqual(odd.read(Uint8Array.of(1, 2, 3, 4)), {
    constructor: 1,
    toString: 2,
    toJSON: 3,
    hasOwnProperty: 4,
  })
  assert.equal(accessor.toJSON, 3)
})
