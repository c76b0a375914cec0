// The loops of everybody who pushes bytes to a callback and has `write` and 'drain': net.Socket, the fs streams, rivals.
import type { Plan } from '../plan.ts'
import type { AsyncLink } from './roles.ts'

/** The part of a stream that the loops use. */
export interface Outgoing {
  write(message: Buffer): boolean
  once(event: 'drain', listener: () => void): unknown
  end(): unknown
}

/** Where the bytes arrive. Those that come while nobody listens are kept for the next listener. */
export class Arrivals {
  #kept = 0
  #listener: ((length: number) => boolean) | undefined

  push(length: number): void {
    if (this.#listener === undefined) this.#kept += length
    else if (this.#listener(length)) this.#listener = undefined
  }

  /** Calls `listener` with the length of each chunk, until it says that it has enough. */
  listen(listener: (length: number) => boolean): void {
    this.#listener = listener
    const kept = this.#kept
    this.#kept = 0
    if (kept > 0) this.push(kept)
  }
}

function sendAll(outgoing: Outgoing, message: Buffer, count: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0
    const go = (): void => {
      while (sent < count) {
        sent++
        if (!outgoing.write(message)) {
          outgoing.once('drain', go)
          return
        }
      }
      resolve()
    }
    go()
  })
}

function receiveAll(arrivals: Arrivals, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes
    arrivals.listen((length) => {
      left -= length
      if (left <= 0) resolve()
      return left <= 0
    })
  })
}

/** Calls `turn` each time another `size` bytes have come, until it says that it is done. */
function eachMessage(arrivals: Arrivals, size: number, turn: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let got = 0
    arrivals.listen((length) => {
      got += length
      if (got < size) return false
      got -= size
      const done = turn()
      if (done) resolve()
      return done
    })
  })
}

export function linkOf(plan: Plan, outgoing: Outgoing, arrivals: Arrivals): AsyncLink {
  const message = Buffer.alloc(plan.size)
  return {
    send: (count) => sendAll(outgoing, message, count),
    receive: (bytes) => receiveAll(arrivals, bytes),
    call(count) {
      let done = 0
      const finished = eachMessage(arrivals, plan.size, () => {
        if (++done < count) outgoing.write(message)
        return done === count
      })
      outgoing.write(message)
      return finished
    },
    answer(count) {
      let done = 0
      return eachMessage(arrivals, plan.size, () => {
        outgoing.write(message)
        return ++done === count
      })
    },
    // Only this way: the peer's end of file then ends the way back, whose read may be blocked in the thread pool.
    close: () => outgoing.end(),
  }
}
