// Atomic integers: `_Atomic uint32_t` on the C side, Atomics on ours.
import { DETAIL, type Scalar } from './field.ts'
import { checkInteger, type IntegerSource, integerOf } from './number.ts'
import { type Part, part } from './part.ts'

/**
 * An integer that C, other processes and other threads may change at the same time. Every operation is sequentially
 * consistent, as C's atomic_fetch_add and its kin; those that change give the value before, and wrap as C's do.
 */
export interface Atomic<Value extends number | bigint> {
  /** The one element, for Atomics.* itself and for futex calls. */
  readonly cells: AtomicCells<Value>
  load(): Value
  store(value: Value): void
  add(value: Value): Value
  sub(value: Value): Value
  and(value: Value): Value
  or(value: Value): Value
  xor(value: Value): Value
  exchange(value: Value): Value
  /** Writes `value` if it is `expected`; gives what was there, which is `expected` exactly when it was written. */
  compareExchange(expected: Value, value: Value): Value
}

type NumberCells = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array
type BigCells = BigUint64Array | BigInt64Array
export type AtomicCells<Value> = Value extends bigint ? BigCells : NumberCells

type Check = (value: unknown) => void

class AtomicNumber implements Atomic<number> {
  readonly cells: NumberCells
  readonly #check: Check

  constructor(cells: NumberCells, check: Check) {
    this.cells = cells
    this.#check = check
  }

  load(): number {
    return Atomics.load(this.cells, 0)
  }
  store(value: number): void {
    this.#check(value)
    Atomics.store(this.cells, 0, value)
  }
  add(value: number): number {
    this.#check(value)
    return Atomics.add(this.cells, 0, value)
  }
  sub(value: number): number {
    this.#check(value)
    return Atomics.sub(this.cells, 0, value)
  }
  and(value: number): number {
    this.#check(value)
    return Atomics.and(this.cells, 0, value)
  }
  or(value: number): number {
    this.#check(value)
    return Atomics.or(this.cells, 0, value)
  }
  xor(value: number): number {
    this.#check(value)
    return Atomics.xor(this.cells, 0, value)
  }
  exchange(value: number): number {
    this.#check(value)
    return Atomics.exchange(this.cells, 0, value)
  }
  compareExchange(expected: number, value: number): number {
    this.#check(expected)
    this.#check(value)
    return Atomics.compareExchange(this.cells, 0, expected, value)
  }
}

class AtomicBigInt implements Atomic<bigint> {
  readonly cells: BigCells
  readonly #check: Check

  constructor(cells: BigCells, check: Check) {
    this.cells = cells
    this.#check = check
  }

  load(): bigint {
    return Atomics.load(this.cells, 0)
  }
  store(value: bigint): void {
    this.#check(value)
    Atomics.store(this.cells, 0, value)
  }
  add(value: bigint): bigint {
    this.#check(value)
    return Atomics.add(this.cells, 0, value)
  }
  sub(value: bigint): bigint {
    this.#check(value)
    return Atomics.sub(this.cells, 0, value)
  }
  and(value: bigint): bigint {
    this.#check(value)
    return Atomics.and(this.cells, 0, value)
  }
  or(value: bigint): bigint {
    this.#check(value)
    return Atomics.or(this.cells, 0, value)
  }
  xor(value: bigint): bigint {
    this.#check(value)
    return Atomics.xor(this.cells, 0, value)
  }
  exchange(value: bigint): bigint {
    this.#check(value)
    return Atomics.exchange(this.cells, 0, value)
  }
  compareExchange(expected: bigint, value: bigint): bigint {
    this.#check(expected)
    this.#check(value)
    return Atomics.compareExchange(this.cells, 0, expected, value)
  }
}

type Make<Value extends number | bigint> = (view: DataView, at: number, check: Check) => Atomic<Value>

type Constructor<Cells> = new (buffer: ArrayBufferLike, offset: number, length: number) => Cells

const UNSIGNED: Readonly<Record<number, Constructor<NumberCells>>> = {
  1: Uint8Array,
  2: Uint16Array,
  4: Uint32Array,
}
const SIGNED: Readonly<Record<number, Constructor<NumberCells>>> = {
  1: Int8Array,
  2: Int16Array,
  4: Int32Array,
}

/** How to make one over memory that is aligned: the struct's accessor saw to it. */
function makerOf({ size, least }: IntegerSource<number | bigint>): Make<number> | Make<bigint> {
  const Cells = (least < 0 ? SIGNED : UNSIGNED)[size]
  if (Cells !== undefined) {
    return (view, at, check) => new AtomicNumber(new Cells(view.buffer, view.byteOffset + at, 1), check)
  }
  const Big: Constructor<BigCells> = least < 0 ? BigInt64Array : BigUint64Array
  return (view, at, check) => new AtomicBigInt(new Big(view.buffer, view.byteOffset + at, 1), check)
}

/**
 * An integer with atomic operations, `_Atomic` in C: `atomic(u32)`. The struct's `read` and `write` copy it with the rest,
 * as memcpy does; use the accessor while others change it.
 */
export function atomic<Value extends number | bigint>(
  type: Scalar<Value, unknown>,
): Part<Atomic<Value>, Value, Value> {
  const source = integerOf(type)
  if (source === undefined) throw new TypeError('the type of an atomic must be an integer, such as u32')
  const { copy, write, declare } = type[DETAIL]
  const make = makerOf(source) as unknown as Make<Value>
  return part<Atomic<Value>, Value, Value>({
    size: type.size,
    alignment: type.alignment,
    declare: (name, definitions) => {
      definitions.include('stdatomic.h')
      return `_Atomic ${declare(name, definitions)}`
    },
    view: (view, at, field) => make(view, at, (value) => checkInteger(source, value, field)),
    copy,
    write,
  })
}
