/**
 * A lock that is held. Every kind of lock gives one. Release it with `unlock`, or declare it with `using`.
 */
export interface Held {
  /**
   * The holder before died (or its thread ended) while it held the lock: what the lock protects may be half changed. Repair
   * it and call `makeConsistent`. A FileLock cannot tell, and says false.
   */
  readonly ownerDied: boolean
  /**
   * Says that what the lock protects is whole again, after `ownerDied`. Without it `unlock` makes the lock unusable for
   * everybody (ENOTRECOVERABLE). EINVAL if there is nothing to repair, EPERM once unlocked.
   */
  makeConsistent(): void
  /** Releases the lock. EPERM if it has been released already. */
  unlock(): void
  /** As `unlock`, but nothing happens if it has been released already. */
  [Symbol.dispose](): void
}
