// Iterating a channel, one message at a time or as many as are there.
import type { WaitOptions } from '../wait/options.ts'
import { takeTurn } from '../wait/turn.ts'

/** What can be iterated: a channel, or anything that receives as one. */
export interface Receivable<T> {
  receive(options?: WaitOptions): Promise<T | null>
  tryReceive(): T | null | undefined
}

const OVER: IteratorReturnResult<void> = { done: true, value: undefined }

/**
 * One by one. What is there already costs one promise; a generator, or an async function, would cost two or three more a
 * message.
 */
export function each<T>(from: Receivable<T>): AsyncIterator<T, void, undefined> {
  let over = false
  const given = (value: T | null): IteratorResult<T, void> => {
    if (value !== null) return { done: false, value }
    over = true
    return OVER
  }
  return {
    next() {
      if (over) return Promise.resolve(OVER)
      try {
        const value = from.tryReceive()
        return value === undefined ? from.receive().then(given) : takeTurn(given(value))
      } catch (error) {
        return Promise.reject(error)
      }
    },
    return() {
      over = true
      return Promise.resolve(OVER)
    },
  }
}

const MOST = 1024

/** Arrays of what is there, at least one message each, until the end. */
export async function* batches<T>(
  from: Receivable<T>,
  options: (WaitOptions & { readonly most?: number }) | undefined,
): AsyncGenerator<T[], void, undefined> {
  const most = options?.most ?? MOST
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError(`most must be 1 or more messages, not ${most}`)
  for (;;) {
    const first = await from.receive(options)
    if (first === null) return
    const batch: T[] = [first as T]
    const end = fill(batch, from, most)
    yield batch
    if (end === null) return
    // What came before the error has been given.
    if (end !== undefined) throw end.error
  }
}

/** Adds what is there. Gives `null` when that is the end, and what went wrong. */
function fill<T>(
  batch: T[],
  from: Receivable<T>,
  most: number,
): null | undefined | { readonly error: unknown } {
  try {
    while (batch.length < most) {
      const next = from.tryReceive()
      if (next === undefined) return undefined
      if (next === null) return null
      batch.push(next)
    }
    return undefined
  } catch (error) {
    return { error }
  }
}
