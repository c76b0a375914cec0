// The types of accessors and copies follow from the schema: this file compiles, or it fails.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Atomic,
  array,
  atomic,
  bool,
  bytes,
  cstring,
  type ElementArray,
  enumeration,
  f64,
  flags,
  i64,
  type StructInput,
  type StructValue,
  type StructView,
  struct,
  u8,
  u32,
} from 'hutong'

const Point = struct({ x: f64, y: f64 })
const Shape = struct({
  id: u32,
  at: Point,
  name: cstring(8),
  kind: enumeration(u8, { dot: 0, line: 1 }),
  marks: flags(u8, { filled: 1 }),
  colours: array(u32, 4),
  path: array(Point, 3),
  lit: array(bool, 2),
  grid: array(array(f64, 2), 2),
  raw: bytes(4),
  users: atomic(u32),
  clock: atomic(i64),
})

/** Whether two types are the same, `readonly` included; a mistake does not compile. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Flat<T> = { [Name in keyof T]: T[Name] }

test('an accessor has the types of its fields, and only values can be assigned', () => {
  interface Expected {
    id: number
    readonly at: StructView<typeof Point>
    name: string
    kind: 'dot' | 'line'
    readonly marks: { filled: boolean }
    readonly colours: Uint32Array
    readonly path: ElementArray<StructView<typeof Point>, StructInput<typeof Point>>
    readonly lit: ElementArray<boolean>
    readonly grid: ElementArray<Float64Array, ArrayLike<number>>
    readonly raw: Uint8Array
    readonly users: Atomic<number>
    readonly clock: Atomic<bigint>
  }
  const same: Same<Flat<StructView<typeof Shape>>, Flat<Expected>> = true
  const point: Same<Flat<StructView<typeof Point>>, { x: number; y: number }> = true
  assert.ok(same && point)
  const shape = Shape.at(new ArrayBuffer(Shape.size))
  const accessor: Same<typeof shape, StructView<typeof Shape>> = true
  assert.ok(accessor)
})

test('a copy is plain, and what is written may be any array', () => {
  interface Copy {
    id: number
    at: { x: number; y: number }
    name: string
    kind: 'dot' | 'line'
    marks: { filled: boolean }
    colours: Uint32Array
    path: { x: number; y: number }[]
    lit: boolean[]
    grid: Float64Array[]
    raw: Uint8Array
    users: number
    clock: bigint
  }
  const copy: Same<Flat<StructValue<typeof Shape>>, Flat<Copy>> = true
  const input: Same<StructInput<typeof Shape>['colours'], ArrayLike<number>> = true
  const both: StructValue<typeof Shape> extends StructInput<typeof Shape> ? true : false = true
  const offsets: Same<keyof typeof Shape.offsets, keyof Copy> = true
  assert.ok(copy && input && both && offsets)
})
