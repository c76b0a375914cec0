// Named bits.
import { accessorOf } from './accessor.ts'
import { DETAIL, type Place, type Scalar, shown } from './field.ts'
import { checkNames, type Names } from './names.ts'
import { integerOf } from './number.ts'
import { type Part, part } from './part.ts'

type Bits<Masks> = { -readonly [Name in keyof Masks]: boolean }

/**
 * Named bits of an integer: `flags(u32, { urgent: 1, hidden: 2 })` reads as an object of truth values; assigning one
 * changes its bits alone (not atomically). In `write` what is left out is false.
 */
export function flags<const Masks extends Names>(
  type: Scalar<number, unknown>,
  masks: Masks,
): Part<Bits<Masks>, Bits<Masks>, Partial<Readonly<Bits<Masks>>>> {
  checkNames(type, masks, 'flags')
  const pairs: readonly (readonly [string, number])[] = Object.entries(masks)
  for (const [name, mask] of pairs) {
    if (mask === 0) throw new RangeError(`${name} must have at least one bit`)
  }
  const { copy, write, declare } = type[DETAIL]
  const signed = (integerOf(type)?.least ?? 0) < 0
  const bitsOf = (view: DataView, at: number): Bits<Masks> => {
    const bits = copy(view, at, 'flags')
    return Object.fromEntries(pairs.map(([name, mask]) => [name, (bits & mask) !== 0])) as Bits<Masks>
  }
  const properties = pairs.map(([name, mask]) => ({
    name,
    cell: {
      get(this: Place): boolean {
        return (copy(this.$view, this.$start, name) & mask) !== 0
      },
      set(this: Place, value: unknown): void {
        checkFlag(value, name)
        const before = copy(this.$view, this.$start, name)
        const bits = value === true ? before | mask : before & ~mask
        write(this.$view, this.$start, fit(bits, type.size, signed), name)
      },
    },
  }))
  const Flags = accessorOf(properties, (place) => bitsOf(place.$view, place.$start))
  const over = (view: DataView, at: number): Bits<Masks> => new Flags(view, at) as unknown as Bits<Masks>
  return part({
    size: type.size,
    alignment: type.alignment,
    declare: (name, definitions) => {
      definitions.constants(name, masks)
      return declare(name, definitions)
    },
    view: over,
    copy: bitsOf,
    write(view, at, value, field) {
      if (typeof value !== 'object' || value === null) {
        throw new TypeError(`${field} must be an object of flags, not ${shown(value)}`)
      }
      let bits = 0
      for (const [name, flag] of Object.entries(value)) {
        const mask = Object.hasOwn(masks, name) ? masks[name] : undefined
        if (mask === undefined) throw new TypeError(`${field} has no flag ${shown(name)}`)
        checkFlag(flag, name)
        if (flag === true) bits |= mask
      }
      write(view, at, fit(bits, type.size, signed), field)
    },
  })
}

function checkFlag(value: unknown, name: string): void {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${name} must be true or false, not ${shown(value)}`)
  }
}

/** Bit operators give 32 bits with a sign; the field has fewer, or none. */
function fit(bits: number, size: number, signed: boolean): number {
  const unused = 32 - size * 8
  return signed ? (bits << unused) >> unused : (bits << unused) >>> unused
}
