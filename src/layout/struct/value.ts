// Floating-point numbers, truth values and single characters.
import { type Place, type Scalar, shown } from './field.ts'
import { LITTLE } from './number.ts'
import { scalar } from './scalar.ts'

function checkNumber(value: unknown, field: string): void {
  if (typeof value !== 'number') throw new TypeError(`${field} must be a number, not ${shown(value)}`)
}

/** `float`: a number, rounded to 24 bits as C does. */
export const f32: Scalar<number, Float32Array> = scalar({
  size: 4,
  alignment: 4,
  declare: (name) => `float ${name}`,
  elements: { array: Float32Array, check: checkNumber },
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getFloat32(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if (typeof value !== 'number') checkNumber(value, field)
      this.$view.setFloat32(this.$start + at, value, LITTLE)
    },
  }),
})

/** `double`: a number. */
export const f64: Scalar<number, Float64Array> = scalar({
  size: 8,
  alignment: 8,
  declare: (name) => `double ${name}`,
  elements: { array: Float64Array, check: checkNumber },
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getFloat64(this.$start + at, LITTLE)
    },
    set(this: Place, value) {
      if (typeof value !== 'number') checkNumber(value, field)
      this.$view.setFloat64(this.$start + at, value, LITTLE)
    },
  }),
})

/** `bool`: true for any byte but 0. */
export const bool: Scalar<boolean> = scalar({
  size: 1,
  alignment: 1,
  declare: (name, definitions) => {
    definitions.include('stdbool.h')
    return `bool ${name}`
  },
  cell: (at, field) => ({
    get(this: Place) {
      return this.$view.getUint8(this.$start + at) !== 0
    },
    set(this: Place, value) {
      if (typeof value !== 'boolean')
        throw new TypeError(`${field} must be true or false, not ${shown(value)}`)
      this.$view.setUint8(this.$start + at, value ? 1 : 0)
    },
  }),
})

/** `char`: a string of one character from U+0000 to U+00FF, its byte. */
export const char: Scalar<string> = scalar({
  size: 1,
  alignment: 1,
  declare: (name) => `char ${name}`,
  cell: (at, field) => ({
    get(this: Place) {
      return String.fromCharCode(this.$view.getUint8(this.$start + at))
    },
    set(this: Place, value) {
      const code = typeof value === 'string' && value.length === 1 ? value.charCodeAt(0) : 256
      if (code > 255) throw new RangeError(`${field} must be one character of one byte, not ${shown(value)}`)
      this.$view.setUint8(this.$start + at, code)
    },
  }),
})
