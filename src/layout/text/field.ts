// What one conversion prints, and how fields get into memory.
/** Bytes, or as many zeros (the digit), which may be billions and are never spelled out. */
export type Run = Uint8Array | string | number

export interface Field {
  /** Sign or `0x`: zeros that fill the width come after it. */
  readonly sign: string
  readonly runs: readonly Run[]
  /** Whether zeros may fill the width. */
  readonly zeros: boolean
}

/** How the width around a field is filled. */
export interface Fill {
  readonly width: number
  readonly side: 'left' | 'right'
  readonly byte: number
}

export const ZERO = 0x30
export const BLANK = 0x20
export const NO_FILL: Fill = { width: 0, side: 'left', byte: BLANK }

/** Bytes of the field without what fills its width. */
export function fieldLength(field: Field): number {
  let length = field.sign.length
  for (const run of field.runs) length += typeof run === 'number' ? run : run.length
  return length
}

/** A place to write text: what does not fit is left away. */
export class Sink {
  readonly #target: Uint8Array
  readonly #room: number
  #used = 0

  /** Keeps one byte of `target` for the NUL. */
  constructor(target: Uint8Array) {
    this.#target = target
    this.#room = Math.max(target.length - 1, 0)
  }

  put(field: Field, fill: Fill): void {
    const missing = fill.width - fieldLength(field)
    if (fill.side === 'left' && fill.byte !== ZERO) this.#repeat(fill.byte, missing)
    this.#text(field.sign)
    if (fill.byte === ZERO) this.#repeat(ZERO, missing)
    for (const run of field.runs) this.#run(run)
    if (fill.side === 'right') this.#repeat(BLANK, missing)
  }

  #bytes(bytes: Uint8Array): void {
    const fitting = bytes.subarray(0, this.#room - this.#used)
    this.#target.set(fitting, this.#used)
    this.#used += fitting.length
  }

  /** Ends the text with a NUL, where there is room for anything. */
  end(): void {
    if (this.#target.length > 0) this.#target[this.#used] = 0
  }

  #run(run: Run): void {
    if (typeof run === 'number') this.#repeat(ZERO, run)
    else if (typeof run === 'string') this.#text(run)
    else this.#bytes(run)
  }

  #text(ascii: string): void {
    const end = Math.min(ascii.length, this.#room - this.#used)
    for (let index = 0; index < end; index++) this.#target[this.#used++] = ascii.charCodeAt(index)
  }

  #repeat(byte: number, count: number): void {
    const end = Math.min(this.#used + Math.max(count, 0), this.#room)
    this.#target.fill(byte, this.#used, end)
    this.#used = end
  }
}
