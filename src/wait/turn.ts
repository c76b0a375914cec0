// Fairness: operations that succeed at once never leave the current turn of the event loop. A chain of awaits on them
// would starve timers and everybody else, so after a while one is made to wait for the next turn.

const PER_TURN = 128
let left = PER_TURN

function refill(): void {
  left = PER_TURN
}

/** A promise of `result`, usually resolved at once, every 128th time in the next turn of the event loop. */
export function takeTurn<T>(result: T): Promise<T> {
  if (--left > 0) return Promise.resolve(result)
  return new Promise((resolve) => {
    setImmediate(() => {
      refill()
      resolve(result)
    })
  })
}
