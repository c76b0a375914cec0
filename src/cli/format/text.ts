// Text on a terminal: how wide it is, how it is cut, and how sizes read.

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u
const COMBINING = /\p{M}/u

/** Columns that the text takes; escapes for colours must not be in it. */
export function width(text: string): number {
  let columns = 0
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}

/** At most `columns` wide; what is missing at the end is told by an ellipsis. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += width(character)
    if (used > columns) break
    kept += character
  }
  return `${kept}…`
}

// Control characters of C0 and C1, DEL, the line separators and what reorders text.
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu
const SHORT = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\x1b', '\\e'],
])

/** A name as a user may see it: what could disturb a terminal or a line is written as an escape: `\n`, `\e`, `\u{85}`. */
export function shown(text: string): string {
  return text.replace(
    CONTROLS,
    (control) => SHORT.get(control) ?? `\\u{${(control.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

const UNITS = ['K', 'M', 'G', 'T', 'P'] as const

/** Bytes in at most five characters: `512`, `64K`, `1.5M` (powers of 1024); or exactly. */
export function size(bytes: number, exact = false): string {
  if (exact || bytes < 1024) return String(bytes)
  let value = bytes
  let unit = ''
  for (const next of UNITS) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  const digits = value < 9.95 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value))
  return `${digits}${unit}`
}

/** Permission bits as chmod(1) takes them. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
