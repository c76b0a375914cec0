// The line that shows how far a comparison is. Pure.

import { bytesOf, rate } from './compare-quantity.ts'
import type { Paint } from './compare-table.ts'
import { bar } from './compare-table.ts'

/** Where it is. */
export interface Progress {
  /** What is being done: `reading node`, `pipe: pass 2 of 3`. */
  readonly what: string
  /** Of all the work, 0 to 1. */
  readonly share: number
  /** Bytes, where bytes are moving. */
  readonly bytes?: { readonly done: number; readonly size: number; readonly perSecond: number } | undefined
}

const LONGEST = 30
const SHORTEST = 8

/** At most `columns - 1` wide, so that no terminal breaks it. */
export function formatProgress(progress: Progress, columns: number, paint: Paint): string {
  const { what, share, bytes } = progress
  const moving =
    bytes === undefined
      ? ''
      : `  ${bytesOf(bytes.done, bytes.size)}${bytes.perSecond > 0 ? `  ${rate(bytes.perSecond)}` : ''}`
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const text = `${percent}  ${what}${moving}`
  const room = columns - 1 - 3 - text.length
  if (room < SHORTEST) return text.slice(0, Math.max(0, columns - 1))
  const width = Math.min(LONGEST, room)
  return `▕${paint('cyan', bar(share, 1, width))}▏${text}`
}
