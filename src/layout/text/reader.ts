// Text in memory, read byte by byte. Each byte is loaded once: another process may be writing it.

const END = -1

export class Reader {
  readonly #source: Uint8Array
  /** Bytes taken so far. */
  position = 0
  /** The byte at hand; negative at the end of the text, which is its first NUL or the last byte there is. */
  byte: number

  constructor(source: Uint8Array) {
    this.#source = source
    this.byte = source[0] || END
  }

  get ended(): boolean {
    return this.byte === END
  }

  /** The byte at hand as a character. */
  get character(): string {
    return this.ended ? '' : String.fromCharCode(this.byte)
  }

  advance(): void {
    if (this.ended) return
    this.position++
    this.byte = this.#source[this.position] || END
  }

  skipBlanks(): void {
    while (isBlank(this.byte)) this.advance()
  }
}

/** isspace(3) of the C locale. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}

/** A part of a text that is at most `width` bytes long. */
export class Window {
  readonly #reader: Reader
  #left: number

  constructor(reader: Reader, width: number | undefined) {
    this.#reader = reader
    this.#left = width ?? Number.POSITIVE_INFINITY
  }

  /** The character at hand; empty at the end. */
  get next(): string {
    return this.#left === 0 ? '' : this.#reader.character
  }

  /** Takes the character at hand, if it matches. */
  take(wanted: RegExp): string {
    const character = this.next
    if (character === '' || !wanted.test(character)) return ''
    this.#reader.advance()
    this.#left--
    return character
  }

  /** Takes characters as long as they match. */
  takeAll(wanted: RegExp): string {
    const taken: string[] = []
    for (let one = this.take(wanted); one !== ''; one = this.take(wanted)) taken.push(one)
    return taken.join('')
  }

  /** Takes a word, letter for letter in either case; false as soon as one differs. */
  takeWord(word: string): boolean {
    for (const letter of word) {
      if (this.next.toLowerCase() !== letter) return false
      this.take(/./s)
    }
    return true
  }
}
