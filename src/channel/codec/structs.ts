// Messages are C structs: what a C, Python or Perl program sends as it lies in its memory.
import type { Struct, StructFields, StructValue } from '../../layout/struct/index.ts'
import type { Codec } from '../codec.ts'

/**
 * Messages are C structs of one layout, made by `struct`: exactly `layout.size` bytes each. Values are plain objects, as
 * `layout.read` gives them; it costs less to write through `tryLoan` and read through `tryReceiveView`, with `layout.at`.
 */
export function structs<Fields extends StructFields>(
  layout: Struct<Fields>,
): Codec<StructValue<Struct<Fields>>> {
  type Value = StructValue<Struct<Fields>>
  const { size } = layout
  const write = (value: Value, target: Uint8Array): void => {
    layout.write(target, value as Parameters<typeof layout.write>[1])
  }
  return {
    name: `struct:${layout.name ?? size}`,
    scratch: false,
    keeps: false,
    encode(value) {
      const bytes = new Uint8Array(size)
      write(value, bytes)
      return bytes
    },
    encodeInto(value, target) {
      if (target.length < size) return -1
      write(value, target)
      return size
    },
    decode(bytes) {
      if (bytes.length !== size) throw new RangeError(`it has ${bytes.length} bytes, the struct ${size}`)
      return layout.read(bytes) as Value
    },
  }
}
