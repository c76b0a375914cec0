// Bytes of a peer are looked through before msgpackr sees them: they are one value, whole, not too deep, of the types
// that we send. Its extensions for records, references and bundled strings are left out: with those a short message can
// stand for gigabytes, or take minutes.

/** Levels of arrays and objects in one another. */
const DEEPEST = 512

/** Types of extensions, as msgpackr numbers them. */
const EXTENSION = {
  undefined: 0x00,
  bigint: 0x42,
  error: 0x65,
  set: 0x73,
  typed: 0x74,
  regExp: 0x78,
  date: 0xff,
}

/** An extension whose value follows it. */
const WITH_VALUE: ReadonlySet<number> = new Set([EXTENSION.error, EXTENSION.set, EXTENSION.regExp])
const WITHOUT: ReadonlySet<number> = new Set([
  EXTENSION.undefined,
  EXTENSION.bigint,
  EXTENSION.typed,
  EXTENSION.date,
])

/** Bytes behind the tokens 0xca to 0xd3: floats and integers. */
const NUMBER_SIZES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8]

class Walk {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Goes over one value. */
  value(depth: number): void {
    if (depth > DEEPEST) throw new RangeError(`more than ${DEEPEST} levels deep`)
    const token = this.#number(1)
    if (token < 0x80 || token >= 0xe0) return // a small integer
    if (token < 0x90) this.#values(2 * (token - 0x80), depth)
    else if (token < 0xa0) this.#values(token - 0x90, depth)
    else if (token < 0xc0) this.#skip(token - 0xa0)
    else this.#long(token, depth)
  }

  #long(token: number, depth: number): void {
    if (token === 0xc1) throw new TypeError('the byte 0xc1 is no MessagePack')
    if (token < 0xc4) return // nil, false, true
    if (token < 0xc7) this.#skip(this.#number(1 << (token - 0xc4)))
    else if (token < 0xca) this.#extension(this.#number(1 << (token - 0xc7)), depth)
    else if (token < 0xd4) this.#skip(NUMBER_SIZES[token - 0xca] as number)
    else if (token < 0xd9) this.#extension(1 << (token - 0xd4), depth)
    else if (token < 0xdc) this.#skip(this.#number(1 << (token - 0xd9)))
    else if (token < 0xde) this.#values(this.#number(2 << (token - 0xdc)), depth)
    else this.#values(2 * this.#number(2 << (token - 0xde)), depth)
  }

  /** A length that is a lie ends with the bytes: each value has at least one. */
  #values(count: number, depth: number): void {
    for (let i = 0; i < count; i++) this.value(depth + 1)
  }

  #extension(length: number, depth: number): void {
    const type = this.#number(1)
    this.#skip(length)
    if (WITHOUT.has(type)) return
    if (!WITH_VALUE.has(type) || length !== 1) throw new TypeError(`an extension of type ${type}`)
    if (type === EXTENSION.error) this.#checkErrorName()
    this.value(depth + 1)
  }

  /** msgpackr looks the name up in an object, where it must not find what every object has. */
  #checkErrorName(): void {
    const [array = 0, text = 0] = this.#bytes.subarray(this.#at)
    const name = this.#bytes.subarray(this.#at + 2, this.#at + 2 + (text & 0x1f))
    if (array !== 0x93 || (text & 0xe0) !== 0xa0 || Buffer.from(name).toString('latin1') in {}) {
      throw new TypeError('an error without a name')
    }
  }

  /** A big-endian integer of 1, 2 or 4 bytes. */
  #number(size: number): number {
    const bytes = this.#bytes
    let number = 0
    for (let end = this.#skip(size), at = end - size; at < end; at++)
      number = number * 256 + (bytes[at] as number)
    return number
  }

  #skip(length: number): number {
    this.#at += length
    if (this.left < 0) throw new RangeError(`${-this.left} bytes are missing`)
    return this.#at
  }
}

/** Throws unless `bytes` are one MessagePack value that is safe to decode. */
export function check(bytes: Uint8Array): void {
  const walk = new Walk(bytes)
  walk.value(0)
  if (walk.left > 0) throw new RangeError(`${walk.left} bytes behind the value`)
}
