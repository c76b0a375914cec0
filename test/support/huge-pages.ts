// Huge pages are set aside for the whole machine, and test files run side by side: one at a time may count on how many there are.
import { readFileSync, writeFileSync } from 'node:fs'
import { FileLock } from 'hutong'

const PAGES = '/proc/sys/vm/nr_hugepages'

function reserved(): number {
  return Number(readFileSync(PAGES, 'utf8'))
}

/** Those of 2 MiB that are free now. */
export function freeHugePages(): number {
  return Number(/HugePages_Free:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0)
}

/** Runs `use` when `more` huge pages have been set aside, if this user may and the machine has room; puts it back. */
export function withHugePages<T>(more: number, use: () => T): T {
  if (process.getuid?.() !== 0) return use() // nor can another test
  const lock = FileLock.flock(PAGES)
  const held = lock.lockSync()
  const before = reserved()
  try {
    if (more > 0) writeFileSync(PAGES, String(before + more))
    return use()
  } finally {
    if (reserved() !== before) writeFileSync(PAGES, String(before))
    held.unlock()
    lock.close()
  }
}
