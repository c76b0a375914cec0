// The steps of an algorithm in shared memory: every access to a control word goes through Atomics, so that a test can stop
// there, or let the other side run in between.

type Step = (step: number, array: Int32Array, index: number) => void

const { load, store, exchange } = Atomics

let inside = false

/** Runs `action` without counting its accesses. */
export function aside<R>(action: () => R): R {
  const outer = inside
  inside = true
  try {
    return action()
  } finally {
    inside = outer
  }
}

/** Runs `action`; `before` is called before each of its accesses, and may throw: there it stops. Accesses in `before` do not count. */
export function stepping<R>(action: () => R, before: Step): R {
  let steps = 0
  const step = (array: Int32Array, index: number): void => {
    if (!inside) aside(() => before(++steps, array, index))
  }
  Object.assign(Atomics, {
    load(array: Int32Array, index: number) {
      step(array, index)
      return load(array, index)
    },
    store(array: Int32Array, index: number, value: number) {
      step(array, index)
      return store(array, index, value)
    },
    exchange(array: Int32Array, index: number, value: number) {
      step(array, index)
      return exchange(array, index, value)
    },
  })
  try {
    return action()
  } finally {
    Object.assign(Atomics, { load, store, exchange })
  }
}
