// Errors of a handler, as they go to who asked: a name, a message, a code. Never a stack.

/** What is sent of an error. */
export interface ErrorReport {
  readonly name: string
  readonly message: string
  readonly code?: string
}

/** The handler threw. `name` and `message` are those of what it threw; so is `code`, if that was a string. */
export class ServiceError extends Error {
  /** Else `ERR_SERVICE`. */
  readonly code: string

  constructor({ name, message, code = 'ERR_SERVICE' }: ErrorReport) {
    super(message)
    this.name = name
    this.code = code
  }
}

// Characters of a message or name that are sent.
const LONGEST = 16_384

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}

/** What a handler threw, whatever it is. */
export function reportOf(thrown: unknown): ErrorReport {
  try {
    if (!(thrown instanceof Error)) return { name: 'Error', message: cut(String(thrown)) }
    const { name, message, code } = thrown as Error & { code?: unknown }
    const report = { name: cut(String(name)), message: cut(String(message)) }
    return typeof code === 'string' ? { ...report, code: cut(code) } : report
  } catch {
    return { name: 'Error', message: 'something that has no text was thrown' }
  }
}

/** What a peer sent as a report. TypeError when it is none. */
export function toReport(value: unknown): ErrorReport {
  const { name, message, code } = (value ?? {}) as { name?: unknown; message?: unknown; code?: unknown }
  if (typeof name !== 'string' || typeof message !== 'string') throw new TypeError('an error without a name')
  if (code === undefined) return { name, message }
  if (typeof code !== 'string') throw new TypeError('an error whose code is no string')
  return { name, message, code }
}
