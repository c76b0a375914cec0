// A write that ended before all bytes were out.

/**
 * A write was given up, or failed, when some of its bytes were in the pipe already: the reader sees them. `cause` is what
 * a write that had not begun would have rejected with (the signal's reason, a TimeoutError, SysError EPIPE), and `code`
 * is the cause's own, if it has one.
 */
export class PartialWriteError extends Error {
  /** How many bytes of the data went out. */
  readonly bytesWritten: number
  readonly code: string

  constructor(bytesWritten: number, length: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${bytesWritten} of ${length} bytes were written: ${why}`, { cause })
    this.name = 'PartialWriteError'
    this.bytesWritten = bytesWritten
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    this.code = typeof code === 'string' ? code : 'ERR_PARTIAL_WRITE'
  }
}
