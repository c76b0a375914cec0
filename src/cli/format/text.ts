// Text on a terminal: how wide it is, how it is cut, and how sizes read.
import { escapeControls } from '../exit.ts'

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

/** A name as a user may see it: nothing in it can move the cursor or break the line. */
export function shown(name: string): string {
  return escapeControls(name)
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
  const digits = value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value))
  return `${digits}${unit}`
}

/** Permission bits as chmod(1) takes them. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
