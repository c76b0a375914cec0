// Classes of accessors: prototypes of getters over a place in memory.
import type { Cell, Place } from './field.ts'

export interface Property {
  readonly name: string
  readonly cell: Cell<unknown, unknown>
}

export type AccessorClass = new (view: DataView, start: number) => Place

function hidden(prototype: object, name: string | symbol, method: (place: Place) => unknown): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    value(this: Place): unknown {
      return method(this)
    },
  })
}

/** `plain` makes the copy that JSON and console.log show. */
export function accessorOf(properties: readonly Property[], plain: (place: Place) => unknown): AccessorClass {
  // Neither derived nor with fields that are defined before they are assigned: with several such classes in a program
  // each construction would cost ten times as much.
  class Accessor implements Place {
    declare readonly $view: DataView
    declare readonly $start: number
    declare $parts: unknown[] | undefined

    constructor(view: DataView, start: number) {
      this.$view = view
      this.$start = start
      this.$parts = undefined
    }
  }
  hidden(Accessor.prototype, 'toJSON', plain)
  hidden(Accessor.prototype, Symbol.for('nodejs.util.inspect.custom'), (place) => {
    try {
      return plain(place)
    } catch (error) {
      return `[${String(error)}]` // detached, or no value of its type: logging it must not throw
    }
  })
  for (const { name, cell } of properties) {
    Object.defineProperty(Accessor.prototype, name, { ...cell, enumerable: true, configurable: true })
  }
  return Accessor
}
