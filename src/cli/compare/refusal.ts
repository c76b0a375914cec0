// A comparison that cannot be made, or not be finished.

/** One line for the user, with a `code` as errors of the system have one. */
export class CompareError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.name = 'CompareError'
    this.code = code
  }
}
