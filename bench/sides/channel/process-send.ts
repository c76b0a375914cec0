// process.send between two processes. Both are children of the runner, which has joined their ends: each end works as one
// between a parent and its child does.
import type { Line } from './roles.ts'

type Sent = string | Uint8Array

/** Sends `count` times, waiting whenever Node says that too much waits to be written. */
function sendAll(message: Sent, count: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0
    const go = (): void => {
      while (sent < count) {
        sent++
        if (process.send?.(message) !== false || sent === count) continue
        sent++
        process.send?.(message, undefined, undefined, go)
        return
      }
      resolve()
    }
    go()
  })
}

function take(count: number, size: number): Promise<void> {
  return new Promise((resolve) => {
    let got = 0
    const each = (message: Sent): void => {
      if (message.length !== size) throw new Error(`a message of ${message.length} came`)
      if (++got < count) return
      process.off('message', each)
      resolve()
    }
    process.on('message', each)
  })
}

function unmeasured(): Promise<void> {
  throw new Error('nobody asked for round trips of process.send')
}

export function overProcessSend(message: Sent): Line {
  return {
    send: (count) => sendAll(message, count),
    receive: (count) => take(count, message.length),
    call: unmeasured,
    answer: unmeasured,
    go: () => sendAll(message, 1),
    awaitGo: () => take(1, message.length),
    close: () => process.disconnect(),
  }
}
