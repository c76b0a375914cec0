// Formats are constants of a program, so each is taken apart once.

const MOST_FORMATS = 200
const LONGEST_FORMAT = 1000

/** `parse`, with what it found for the formats of late kept. */
export function remember<T>(parse: (format: string) => T): (format: string) => T {
  const known = new Map<string, T>()
  return (format) => {
    const before = known.get(format)
    if (before !== undefined) return before
    const parsed = parse(format)
    if (known.size === MOST_FORMATS) known.clear()
    if (format.length <= LONGEST_FORMAT) known.set(format, parsed)
    return parsed
  }
}
