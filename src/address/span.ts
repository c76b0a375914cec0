// A stretch of an address that knows where each of its characters stands, so that an error can point at it.
import { AddressError } from './error.ts'

/** Text taken from an address. */
export class Span {
  readonly text: string
  readonly #address: string
  readonly #origin: (index: number) => number

  /** `origin` gives the index in `address` of a character of `text`, and of its end. */
  constructor(address: string, text: string, origin: (index: number) => number) {
    this.text = text
    this.#address = address
    this.#origin = origin
  }

  static whole(address: string): Span {
    return new Span(address, address, (index) => index)
  }

  slice(from: number, to: number = this.text.length): Span {
    return new Span(this.#address, this.text.slice(from, to), (index) => this.#origin(from + index))
  }

  /** The same place with other text: `origin` now counts characters of this span. */
  replaced(text: string, origin: (index: number) => number): Span {
    return new Span(this.#address, text, (index) => this.#origin(origin(index)))
  }

  /** Throws an AddressError that points at a character of this span. */
  fail(reason: string, index = 0): never {
    throw new AddressError(this.#address, this.#origin(index), reason)
  }
}
