// Prints a struct as a C header that proves its own layout.
import { DETAIL, type Definitions, type FieldType } from './field.ts'
import { layOut } from './lay-out.ts'

type Fields = Readonly<Record<string, FieldType>>

/** The declarations of one header, in the order C needs them. */
class Declarations implements Definitions {
  readonly blocks: string[] = []
  readonly includes = new Set(['stddef.h'])
  readonly #tags = new Map<object, string>()
  readonly #taken = new Set<string>()
  /** The struct whose members are being declared. */
  #inside = ''

  struct(type: { readonly name?: string | undefined }, fields: Fields, hint: string): string {
    const known = this.#tags.get(type)
    if (known !== undefined) return known
    const tag = this.#tagOf(type.name, hint)
    this.#tags.set(type, tag)
    this.define(tag, fields)
    return tag
  }

  constants(member: string, values: Readonly<Record<string, number>>): void {
    const prefix = `${this.#inside}_${withoutSizes(member)}`.toUpperCase()
    const lines = Object.entries(values).map(([name, value]) => {
      const constant = `${prefix}_${name.toUpperCase()}`
      if (this.#taken.has(constant)) throw new TypeError(`two constants of the header are called ${constant}`)
      this.#taken.add(constant)
      return `#define ${constant} ${value < 0 ? `(${value})` : `${value}${value > 0x7fffffff ? 'u' : ''}`}`
    })
    this.blocks.push(lines.join('\n'))
  }

  include(file: string): void {
    this.includes.add(file)
  }

  define(tag: string, fields: Fields): void {
    this.#taken.add(tag)
    const outside = this.#inside
    this.#inside = tag
    const members = Object.entries(fields).map(([name, type]) => `  ${type[DETAIL].declare(name, this)};`)
    this.#inside = outside
    this.blocks.push(`struct ${tag} {\n${members.join('\n')}\n};\n${assertions(tag, fields)}`)
  }

  /** A name of its own must be free; one taken from the field gets a number where it is not. */
  #tagOf(name: string | undefined, hint: string): string {
    if (name !== undefined) {
      if (!this.#taken.has(name)) return name
      throw new TypeError(`two different structs of the header are called ${name}`)
    }
    const wanted = `${this.#inside}_${withoutSizes(hint)}`
    let tag = wanted
    for (let number = 2; this.#taken.has(tag); number++) tag = `${wanted}_${number}`
    return tag
  }
}

/** `levels[4]` is a member called `levels`. */
function withoutSizes(member: string): string {
  return member.replace(/\[.*/, '')
}

function assertions(tag: string, fields: Fields): string {
  const { size, alignment, offsets } = layOut(fields)
  const facts = [
    [`sizeof(struct ${tag})`, size],
    [`_Alignof(struct ${tag})`, alignment],
    ...Object.entries(offsets).map(([name, offset]) => [`offsetof(struct ${tag}, ${name})`, offset] as const),
  ]
  return facts.map(([fact, value]) => `_Static_assert(${fact} == ${value}, "${fact}");`).join('\n')
}

export function printHeader(fields: Fields, name: string): string {
  const declarations = new Declarations()
  declarations.define(name, fields)
  const guard = `${name.toUpperCase()}_H`
  const includes = [...declarations.includes].sort().map((file) => `#include <${file}>`)
  const parts = [`#ifndef ${guard}\n#define ${guard}`, includes.join('\n'), ...declarations.blocks, '#endif']
  return `${parts.join('\n\n')}\n`
}
