// The format of `scan`, cut into what must stand in the text and what is converted.
import { Buffer } from 'node:buffer'
import { badFormat } from './print-format.ts'
import { remember } from './remember.ts'

export type ScanPiece =
  /** Any white space, or none. */
  | { readonly kind: 'blank' }
  /** Exactly this byte; `%%` allows white space before it. */
  | { readonly kind: 'byte'; readonly byte: number; readonly skip: boolean }
  | ScanDirective

export interface ScanDirective {
  readonly kind: 'convert'
  /** `*`: read, but not given back. */
  readonly suppress: boolean
  readonly width: number | undefined
  readonly length: string
  /** One of diuoxXfFeEgGaAcsn, or `[` for a set. */
  readonly conversion: string
  /** Whether a byte belongs to the set of `%[`. */
  readonly set: readonly boolean[]
}

const DIRECTIVE = /%(\*)?([0-9]+)?(hh|h|ll|l|j|z|t)?(\[(?:\^[\s\S][^\]]*|[^^][^\]]*)\]|[A-Za-z])/y
const KNOWN = /^((hh|h|ll|l|j|z|t)?[diuoxX]|l?[fFeEgGaA]|[csn]|\[)$/
const BLANK = /[ \t\n\v\f\r]/

/** @throws TypeError that names the position of what is wrong */
export const parseScanFormat = remember(cut)

function cut(format: string): readonly ScanPiece[] {
  const bytes = Buffer.from(format).toString('latin1') // one character per byte, as C sees it
  const pieces: ScanPiece[] = []
  let at = 0
  while (at < bytes.length) {
    const character = bytes.charAt(at)
    if (BLANK.test(character)) {
      pieces.push({ kind: 'blank' })
      at++
    } else if (character !== '%' || bytes[at + 1] === '%') {
      pieces.push({ kind: 'byte', byte: bytes.charCodeAt(at), skip: character === '%' })
      at += character === '%' ? 2 : 1
    } else {
      DIRECTIVE.lastIndex = at
      pieces.push(parseDirective(format, at, DIRECTIVE.exec(bytes)))
      at = DIRECTIVE.lastIndex
    }
  }
  return pieces
}

function parseDirective(format: string, at: number, found: RegExpExecArray | null): ScanDirective {
  const position = Buffer.from(format).subarray(0, at).toString().length
  if (found === null) {
    throw badFormat(format, position, 'no conversion follows the % (write %% for a percent sign)')
  }
  const [text, star, digits, length = '', last = ''] = found
  const conversion = last.charAt(0)
  if (!KNOWN.test(`${length}${conversion}`)) throw badFormat(format, position, `unknown conversion ${text}`)
  const width = digits === undefined ? undefined : Number(digits)
  if (width === 0) throw badFormat(format, position, `a width is at least 1, unlike that of ${text}`)
  return {
    kind: 'convert',
    suppress: star !== undefined,
    width,
    length,
    conversion,
    set: conversion === '[' ? parseSet(last.slice(1, -1)) : [],
  }
}

/** `a-z` is a range; `^` turns the set round; `]` belongs to it when it comes first, `-` when first or last. */
function parseSet(text: string): boolean[] {
  const inverted = text.startsWith('^')
  const members = inverted ? text.slice(1) : text
  const set = new Array<boolean>(256).fill(inverted)
  for (let at = 0; at < members.length; at++) {
    const from = members.charCodeAt(at)
    const range = members[at + 1] === '-' && at + 2 < members.length && members.charCodeAt(at + 2) >= from
    const to = range ? members.charCodeAt(at + 2) : from
    for (let byte = from; byte <= to; byte++) set[byte] = !inverted
    if (range) at += 2
  }
  return set
}
