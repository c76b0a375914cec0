// What no codec can carry, since a channel gives it a meaning of its own.

/** TypeError for `null`, the end, and `undefined`, nothing there. */
export function checkValue(value: unknown, codec: string): void {
  if (value === null || value === undefined) throw noValue(codec, String(value))
}

export function noValue(codec: string, what: string): TypeError {
  return new TypeError(
    `message must be a value for the codec ${codec}, not ${what}, which stands for the end: put it in an object or array`,
  )
}

/** What the encoder threw, as the TypeError or RangeError that it stands for. */
export function refusal(codec: string, cause: unknown): Error {
  if (cause instanceof TypeError || cause instanceof RangeError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new TypeError(`message is none that the codec ${codec} carries: ${why}`, { cause })
}
