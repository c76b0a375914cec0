// --timeout: one budget of milliseconds, spent step by step.
import { TimeoutError } from '../../wait/options.ts'

/** Milliseconds left; undefined: no limit. */
export type Left = () => { readonly timeout?: number }

/** Starts the clock. */
export function budget(timeout: number | undefined): Left {
  if (timeout === undefined) return () => ({})
  const end = performance.now() + timeout
  return () => ({ timeout: Math.max(0, end - performance.now()) })
}

/** Runs a step; when its time is up the error says what was awaited, and the whole of --timeout. */
export async function inTime<T>(
  what: string,
  timeout: number | undefined,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof TimeoutError && timeout !== undefined) throw new TimeoutError(what, timeout)
    throw error
  }
}
