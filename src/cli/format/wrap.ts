// Breaking text into lines.

// A number and its unit stay together.
const BREAK = / (?!(?:[µm]?s|min|%|[kMGTP]?B(?:\/s)?)(?:[ ,.;)]|$))/

/** Breaks at spaces; a word longer than the width stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(BREAK)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
