// The names of POSIX objects, as shm_open(3), sem_open(3) and mq_open(3) define them alike.

/**
 * Gives `name` back, or throws TypeError or RangeError before any system call: '/' and then one or more characters that are
 * neither '/' nor NUL, at most `longest` bytes of UTF-8 with the '/'. Names that a folder has already are none.
 */
export function checkPosixName(name: unknown, longest: number): string {
  if (typeof name !== 'string') throw new TypeError(`name must be a string, not ${typeof name}`)
  if (!/^\/[^/\0]+$/.test(name) || name === '/.' || name === '/..') {
    throw new RangeError(
      `name must be '/' and then one or more characters that are neither '/' nor NUL, not ${JSON.stringify(name)}`,
    )
  }
  if (Buffer.byteLength(name) > longest) throw new RangeError(`name must be at most ${longest} bytes`)
  return name
}
