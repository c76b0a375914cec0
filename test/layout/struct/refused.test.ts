// What is refused, and how the error names it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bool, bytes, cstring, f64, i32, struct, u8, u64 } from 'hutong'
import '../../support/leaks.ts'
import { Order } from './order.ts'

test('values out of range are refused by the name of their field', () => {
  const order = Order.at(new ArrayBuffer(Order.size))
  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['delta', 128, /^RangeError: order.delta must be a whole number from -128 to 127 \(i8\), not 128$/],
    ['delta', 1.5, /^RangeError: order.delta/],
    ['delta', Number.NaN, /^RangeError: order.delta/],
    ['delta', '1', /^TypeError: order.delta must be a number \(i8\), not "1"$/],
    ['shift', -32769, /^RangeError: order.shift/],
    ['id', -1n, /^RangeError: order.id must be a whole number from 0 to 18446744073709551615/],
    ['id', 2n ** 64n, /^RangeError: order.id/],
    ['id', 1, /^TypeError: order.id must be a BigInt \(u64\), not 1$/],
    ['balance', 2n ** 63n, /^RangeError: order.balance/],
    ['price', '1', /^TypeError: order.price must be a number/],
    ['ratio', 1n, /^TypeError: order.ratio must be a number, not 1n/],
    ['open', 1, /^TypeError: order.open must be true or false, not 1/],
    ['letter', 'ab', /^RangeError: order.letter must be one character of one byte/],
    ['letter', '胡', /^RangeError: order.letter/],
    ['name', 'x'.repeat(16), /^RangeError: order.name must be at most 15 bytes of UTF-8 and a NUL, not 16;/],
    ['name', 'a\0b', /^TypeError: order.name has a NUL at position 1/],
    ['name', 5, /^TypeError: order.name must be a string, not 5/],
    ['side', 'hold', /^RangeError: order.side must be one of buy \(1\), sell \(2\), not "hold"/],
    ['best', {}, /^TypeError: Cannot set property best/],
  ]
  for (const [name, value, error] of refused) {
    assert.throws(
      () => Object.assign(order, { [name]: value }),
      (thrown) => error.test(String(thrown)),
      name,
    )
  }
  assert.throws(() => Object.assign(order.marks, { hidden: 1 }), /TypeError: hidden must be true or false/)
  assert.throws(
    () => Order.at(Buffer.alloc(Order.size, 9)).side,
    /RangeError: order.side holds 9, which is none/,
  )
})

test('write takes all fields or nothing', () => {
  const pair = struct({ a: u8, b: array(u8, 2), c: bytes(2), d: struct({ e: bool }) }, { name: 'pair' })
  const memory = new Uint8Array(pair.size).fill(7)
  const good = { a: 1, b: [1, 2], c: Uint8Array.of(1, 2), d: { e: true } }
  const write = (values: object) => () => pair.write(memory, { ...good, ...values })
  assert.throws(write({ d: { e: 1 } }), /TypeError: e must be true or false/)
  assert.throws(write({ b: [1, 256] }), /RangeError: an element of pair.b must be a whole number/)
  assert.throws(write({ b: [1] }), /RangeError: pair.b must have 2 elements, not 1/)
  assert.throws(write({ b: 5 }), /TypeError: pair.b must be an array, not 5/)
  assert.throws(write({ c: [1, 2] }), /TypeError: pair.c must be a Uint8Array, not Array/)
  assert.throws(write({ a: undefined }), /TypeError: pair.a is missing/)
  assert.throws(write({ z: 1 }), /TypeError: struct pair has no field "z"/)
  assert.throws(write({ d: null }), /TypeError: pair.d must be an object of fields, not null/)
  assert.deepEqual(
    [...memory],
    Array.from(memory, () => 7),
  )
  pair.write(memory, good)
  assert.deepEqual([...memory], [1, 1, 2, 1, 2, 1])
  const other = new Uint8Array(pair.size)
  pair.write(other, pair.at(memory))
  assert.deepEqual(other, memory, 'an accessor is a value too')
})

test('a struct must lie inside its memory, and accessors where C could have put them', () => {
  const pair = struct({ a: u8, b: f64 }, { name: 'pair' })
  const memory = new ArrayBuffer(40)
  const inside =
    /^RangeError: struct pair has 16 bytes, which do not lie at offset .* inside the 40 bytes given$/
  for (const offset of [25, 40, -8, 1.5, Number.NaN, 2 ** 53]) {
    const { name } = RangeError
    assert.throws(
      () => pair.at(memory, offset),
      (error) => inside.test(String(error)),
      `${name} at ${offset}`,
    )
    assert.throws(() => pair.read(memory, offset), RangeError)
  }
  assert.throws(
    () => pair.at(memory, 4),
    /RangeError: struct pair must lie at a multiple of 8 bytes in its buffer, not at 4/,
  )
  assert.throws(() => pair.at(new Uint8Array(memory, 4)), RangeError)
  pair.write(memory, { a: 1, b: 2 }, 3)
  assert.deepEqual(pair.read(memory, 3), { a: 1, b: 2 })
  assert.throws(
    () => pair.at(Object('memory')),
    /TypeError: memory must be a buffer, a view of one or a mapping, not String/,
  )
})

test('a schema that C would not compile is refused', () => {
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [() => struct({}), /TypeError: a struct must have a field/],
    [
      () => struct({ 'a-b': u8 }),
      /TypeError: a field must be a C identifier \(letters, digits and _\), not "a-b"/,
    ],
    [() => struct({ 1: u8 }), /TypeError: a field must be a C identifier/],
    [() => struct({ 胡: u8 }), /TypeError: a field must be a C identifier/],
    [() => struct({ int: u8 }), /TypeError: a field must not be int, which means something else in C/],
    [() => struct(JSON.parse('{"__proto__": 1}')), /TypeError: a field must be a C identifier/],
    [() => struct({ a: Object(5) }), /TypeError: a must be a field type such as u32/],
    [() => struct({ a: u8 }, { name: 'for' }), /TypeError: name must not be for/],
    [() => struct({ a: u8 }).header(), /TypeError: name must be given/],
    [() => struct({ a: u8 }).header('a b'), /TypeError: name must be a C identifier/],
    [() => array(u8, 0), /RangeError: the length of an array must be a whole number from 1, not 0/],
    [() => array(u8, 1.5), RangeError as unknown as RegExp],
    [() => bytes(0), /RangeError: the size of bytes/],
    [() => cstring(0), /RangeError: the size of a cstring/],
    [() => array(f64, 2 ** 52), /RangeError/],
  ]
  for (const [make, error] of refused) assert.throws(make, error)
  const twins = struct({ a: struct({ x: i32 }, { name: 'twin' }), b: struct({ y: u64 }, { name: 'twin' }) })
  assert.throws(() => twins.header('both'), /TypeError: two different structs of the header are called twin/)
})
