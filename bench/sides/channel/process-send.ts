// process.send between two processes. Both are children of the runner, which has joined their ends: each end works as one
// between a parent and its child does.
import type { Line } from './roles.ts'

type Sent = string | Uint8Array

/** Sends `count` times, waiting whenever Node says that too much waits to be written, and for the last to be written. */
function sendAll(message: Sent, count: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0
    let full = false
    const go = (): void => {
      while (++sent < count) {
        if (!full) {
          full = process.send?.(message) === false
          continue
        }
        full = false
        process.send?.(message, undefined, undefined, go)
        return
      }
      process.send?.(message, undefined, undefined, () => resolve())
    }
    go()
  })
}

/** Counts what comes. One listener for ever: when the last goes, the process no longer waits for messages. */
class Arrivals {
  #got = 0
  #wanted = 0
  #resolve = (): void => {}

  constructor(size: number) {
    process.on('message', (message: Sent) => {
      if (message.length !== size) throw new Error(`a message of ${message.length} came`)
      if (++this.#got === this.#wanted) this.#resolve()
    })
  }

  take(count: number): Promise<void> {
    this.#wanted += count
    if (this.#got >= this.#wanted) return Promise.resolve()
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }
}

function unmeasured(): Promise<void> {
  throw new Error('nobody asked for round trips of process.send')
}

export function overProcessSend(message: Sent): Line {
  const arrivals = new Arrivals(message.length)
  return {
    send: (count) => sendAll(message, count),
    receive: (count) => arrivals.take(count),
    call: unmeasured,
    answer: unmeasured,
    go: () => sendAll(message, 1),
    awaitGo: () => arrivals.take(1),
    close: () => process.disconnect(),
  }
}
