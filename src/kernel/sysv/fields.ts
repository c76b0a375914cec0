// Fields of the kernel's structures that need more than one line to read or write.

const LITTLE = true // both architectures are
const SECOND = 1000

/** An unsigned long; exact up to 2^53, which only limits exceed. */
export function readLong(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, LITTLE))
}

export function writeLong(view: DataView, offset: number, value: number): void {
  view.setBigUint64(offset, BigInt(value), LITTLE)
}

/** An int. */
export function readInt(view: DataView, offset: number): number {
  return view.getInt32(offset, LITTLE)
}

/** A time in whole seconds; undefined for 0, which means never. */
export function readTime(view: DataView, offset: number): Date | undefined {
  const seconds = readLong(view, offset)
  return seconds === 0 ? undefined : new Date(seconds * SECOND)
}
