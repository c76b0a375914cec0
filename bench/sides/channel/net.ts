// Node's net over a Unix socket: frames of four bytes of length and a message. In every way the form that suits it best:
// the same buffer is written each time, whole frames at once, and one read buffer is used again (`onread`).
import { Socket, type SocketConstructorOpts } from 'node:net'
import type { ChannelPlan, Line } from './roles.ts'
import { TOGETHER } from './sending.ts'

const SOCKET = 3
const HEADER = 4
const READ = 65536

/** Counts the messages in what is read. */
class Frames {
  /** Called for each. */
  each: () => void = () => {}
  #left = 0
  #header = 0
  #headerBytes = 0

  push(chunk: Buffer, length: number): void {
    for (let at = 0; at < length; ) {
      if (this.#left === 0) at = this.#takeHeader(chunk, at, length)
      const some = Math.min(this.#left, length - at)
      at += some
      this.#left -= some
      if (some > 0 && this.#left === 0) this.each()
    }
  }

  #takeHeader(chunk: Buffer, from: number, length: number): number {
    if (this.#headerBytes === 0 && length - from >= HEADER) {
      this.#left = chunk.readInt32LE(from)
      return from + HEADER
    }
    let at = from
    for (; at < length && this.#headerBytes < HEADER; at++) {
      this.#header |= (chunk[at] ?? 0) << (8 * this.#headerBytes++)
    }
    if (this.#headerBytes === HEADER) {
      this.#left = this.#header
      this.#header = 0
      this.#headerBytes = 0
    }
    return at
  }
}

function framed(size: number, count: number): Buffer {
  const buffer = Buffer.alloc((HEADER + size) * count)
  for (let i = 0; i < count; i++) buffer.writeInt32LE(size, i * (HEADER + size))
  return buffer
}

function join(frames: Frames): Socket {
  const buffer = Buffer.alloc(READ)
  const onread = {
    buffer,
    callback(length: number): boolean {
      frames.push(buffer, length)
      return true
    },
  }
  // Accepted by the constructor as by connect(), but missing in its type.
  const options: SocketConstructorOpts & { onread: typeof onread } = {
    fd: SOCKET,
    readable: true,
    writable: true,
    onread,
  }
  return new Socket(options).resume()
}

function writeAll(socket: Socket, buffer: Buffer, times: number): Promise<void> {
  return new Promise((resolve) => {
    let done = 0
    const go = (): void => {
      while (done < times) {
        done++
        if (!socket.write(buffer)) {
          socket.once('drain', go)
          return
        }
      }
      resolve()
    }
    go()
  })
}

/** Resolves when `count` messages have come; `turn` is called for each. */
function take(frames: Frames, count: number, turn: (got: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let got = 0
    frames.each = () => {
      turn(++got)
      if (got < count) return
      frames.each = () => {}
      resolve()
    }
  })
}

export function overNet({ lane }: ChannelPlan): Line {
  const frames = new Frames()
  const socket = join(frames)
  const together = lane.way === 'packed' ? TOGETHER : 1
  const one = framed(lane.size, 1)
  const several = framed(lane.size, together)
  return {
    send: (count) => writeAll(socket, several, count / together),
    receive: (count) => take(frames, count, () => {}),
    call(count, lap) {
      const done = take(frames, count, (got) => {
        lap()
        if (got < count) socket.write(one)
      })
      socket.write(one)
      return done
    },
    answer: (count) => take(frames, count, () => socket.write(one)),
    async go() {
      socket.write(one)
    },
    awaitGo: () => take(frames, 1, () => {}),
    close: () => socket.end(),
  }
}
