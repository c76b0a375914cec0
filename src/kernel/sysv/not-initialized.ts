// A semaphore set that somebody has made and not initialised.

/**
 * `openOrCreate` found a set that was made but never operated on, and nobody has done so while it waited: its maker died between
 * semget(2) and its first semop(2), or is a program that initialises another way. Waiting longer would not help.
 */
export class NotInitializedError extends Error {
  readonly code = 'ERR_NOT_INITIALIZED'
  /** The kernel's number of the set. */
  readonly id: number
  /** When it was made, in whole seconds. */
  readonly made: Date
  constructor(on: string, id: number, made: Date) {
    super(
      `${on}, made at ${made.toISOString()}, has not been initialised: nobody has ever done a semop(2) on it. ` +
        `If its maker has died, remove it (ipcrm -s ${id}, or open and remove) and try again; if its maker initialises it with ` +
        'semctl(2) alone, use open, which does not wait.',
    )
    this.name = 'NotInitializedError'
    this.id = id
    this.made = made
  }
}
