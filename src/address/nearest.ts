// "Did you mean …?"

/** The candidate that `word` is most likely a slip of, if one is near enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 32) return undefined
  const slips = Math.min(2, Math.ceil(word.length / 3))
  let best: string | undefined
  let fewest = slips + 1
  for (const candidate of candidates) {
    const found = distance(word.toLowerCase(), candidate)
    if (found < fewest) [best, fewest] = [candidate, found]
  }
  return best
}

/** Letters to insert, remove, change or swap with their neighbour to make `b` of `a`. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + same,
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
