// The words for kinds of objects on the command line.
import { nearest } from '../address/nearest.ts'
import type { ObjectKind } from '../inspect/model.ts'
import { UsageError } from './exit.ts'

export const KINDS: readonly ObjectKind[] = [
  'pipe',
  'fifo',
  'unix',
  'tcp',
  'udp',
  'sysv-mq',
  'posix-mq',
  'sysv-sem',
  'posix-sem',
  'sysv-shm',
  'posix-shm',
  'memfd',
  'mapping',
  'lock',
  'eventfd',
]

/** Other words for the same: the scheme of a mapping's address. */
const ALIASES: Readonly<Record<string, ObjectKind>> = { mmap: 'mapping' }

/** Throws UsageError for a word that is no kind of object. */
export function kindOf(word: string): ObjectKind {
  const kind =
    KINDS.find((known) => known === word) ?? (Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined)
  if (kind !== undefined) return kind
  const near = nearest(word, KINDS)
  throw new UsageError(
    `there is no kind '${word}'${near === undefined ? '' : `; did you mean ${near}?`} (kinds: ${KINDS.join(', ')})`,
  )
}
