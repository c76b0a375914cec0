/** The object is there, but it is neither a pipe nor a FIFO. `code` is `ERR_NOT_A_PIPE`. */
export class NotAPipeError extends Error {
  readonly code = 'ERR_NOT_A_PIPE'
  /** The path, where there is one. */
  declare readonly path?: string

  constructor(what: string, path?: string) {
    super(`${what} is not a pipe or FIFO`)
    this.name = 'NotAPipeError'
    if (path !== undefined) this.path = path
  }
}
