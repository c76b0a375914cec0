// Limits of a fixture's own, from the moment it asks: a Node that starts with few descriptors cannot load its modules.
import { execFileSync } from 'node:child_process'

/** At most `count` open descriptors in this process from now on: RLIMIT_NOFILE, by prlimit(1). */
export function limitDescriptors(count: number): void {
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--nofile=${count}`])
}
