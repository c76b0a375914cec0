// What all objects of the model share.

/** What every object has. */
export interface Common {
  /** Unique in this look, and the same in the next one: `pipe:[12345]`, `posix-shm:/name`. */
  readonly id: string
  /** What a person calls it: the kernel's name, a path. May hold any character. */
  readonly name: string
  /** The address that opens it, where it has one. */
  readonly address: string | null
  readonly owner: Owner | null
  /** Permission bits; null where permissions mean nothing. */
  readonly mode: number | null
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}
