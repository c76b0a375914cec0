// AddressError: what is wrong with an address, at which character, and what to write instead.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u
const COMBINING = /\p{M}/u

/** Columns shown on either side of the caret. */
const AROUND = 48

/** An address that does not follow the grammar of docs/address.md. The message shows where. */
export class AddressError extends TypeError {
  readonly code = 'ERR_INVALID_ADDRESS'
  /** The address as it was given; empty if it was no string. */
  readonly address: string
  /** Index of the offending character in `address`; its length, when something is missing at the end. */
  readonly offset: number
  /** The first line of the message: what is wrong and what to do. */
  readonly reason: string

  constructor(address: string, offset: number, reason: string) {
    super(`${reason}\n${underline(address, offset)}`)
    this.name = 'AddressError'
    this.address = address
    this.offset = offset
    this.reason = reason
  }
}

/** Two lines: the text around `offset`, and a caret under it. Nothing in `text` can disturb a terminal. */
function underline(text: string, offset: number): string {
  const before = visible(text.slice(0, offset))
  const after = visible(text.slice(offset))
  const left = before.length > AROUND ? ['…', ...before.slice(-AROUND)] : before
  const right = after.length > AROUND ? [...after.slice(0, AROUND), '…'] : after
  const column = left.reduce((sum, character) => sum + width(character), 0)
  return `  ${left.join('')}${right.join('')}\n  ${' '.repeat(column)}^`
}

/** The characters, with one sign in place of each that has no width or moves others. */
function visible(text: string): string[] {
  return [...text.replace(INVISIBLE, '\ufffd')]
}

function width(character: string): number {
  if (COMBINING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
