// The file as packets: through queues and sockets that keep messages apart.
import { type End, PIECE_BYTES } from '../mechanism.ts'
import { abandoned, pieces, readPiece, writePiece } from '../side/pieces.ts'

/** One side of something that carries packets, and says to the tally what it did. */
export interface Packets {
  /** Bytes of the longest packet. */
  readonly longest: number
  send(packet: Uint8Array): void
  /** The next packet; how many bytes it had. 0: the other side is gone. */
  receive(target: Uint8Array): number
}

/** A piece of the file at a time is read, cut into packets, put together again, and written. */
export class PacketEnd implements End {
  readonly #packets: Packets
  readonly #buffer: Buffer
  readonly #message: Buffer

  constructor(packets: Packets) {
    this.#packets = packets
    // Room for a whole packet also where a piece has less left: a POSIX queue insists on it.
    this.#buffer = Buffer.alloc(PIECE_BYTES + packets.longest, 1)
    this.#message = Buffer.alloc(packets.longest)
  }

  send(file: number, size: number, gate: (done: number) => void): void {
    const { longest } = this.#packets
    for (const { length } of pieces(size, gate)) {
      const piece = this.#buffer.subarray(0, length)
      readPiece(file, piece)
      for (let at = 0; at < length; at += longest) {
        this.#packets.send(piece.subarray(at, Math.min(at + longest, length)))
      }
    }
  }

  receive(file: number, size: number): void {
    for (const { start, length } of pieces(size)) {
      for (let at = 0; at < length; ) {
        const got = this.#packets.receive(this.#buffer.subarray(at, at + this.#packets.longest))
        if (got === 0) throw abandoned(start + at, size)
        at += got
      }
      writePiece(file, this.#buffer.subarray(0, length))
    }
  }

  say(message: Uint8Array): void {
    this.#packets.send(message)
  }

  hear(message: Uint8Array): void {
    if (this.#packets.receive(this.#message) === 0) throw new Error("the other side's end was closed")
    message.set(this.#message.subarray(0, message.length))
  }
}
