// Integers with names: one of several.
import { DETAIL, type Place, type Scalar, shown } from './field.ts'
import { checkNames, type Names } from './names.ts'
import { scalar } from './scalar.ts'

/**
 * One of several named integers: `enumeration(u8, { buy: 1, sell: 2 })` reads and is assigned as 'buy' or 'sell'. Its
 * header defines a constant for each. RangeError when the memory holds a number without a name.
 */
export function enumeration<const Values extends Names>(
  type: Scalar<number, unknown>,
  values: Values,
): Scalar<keyof Values & string> {
  checkNames(type, values, 'an enumeration')
  const numbers = new Map(Object.entries(values))
  const names = new Map([...numbers].map(([name, value]) => [value, name as keyof Values & string]))
  if (names.size < numbers.size) throw new RangeError('each number of an enumeration must have one name')
  const all = [...numbers].map(([name, value]) => `${name} (${value})`).join(', ')
  const detail = type[DETAIL]
  return scalar<keyof Values & string>({
    size: type.size,
    alignment: type.alignment,
    declare: (name, definitions) => {
      definitions.constants(name, values)
      return detail.declare(name, definitions)
    },
    cell: (at, field) => ({
      get(this: Place) {
        const value = detail.copy(this.$view, this.$start + at, field)
        const name = names.get(value)
        if (name === undefined) throw new RangeError(`${field} holds ${value}, which is none of ${all}`)
        return name
      },
      set(this: Place, name) {
        const value = numbers.get(name)
        if (value === undefined) throw new RangeError(`${field} must be one of ${all}, not ${shown(name)}`)
        detail.write(this.$view, this.$start + at, value, field)
      },
    }),
  })
}
