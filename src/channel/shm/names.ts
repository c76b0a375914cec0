// Where channels with a bare name live: a directory that only this user can enter.
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { geteuid } from 'node:process'
import type { AddressOf } from '../../address/address.ts'
import { EACCES } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'

/** The socket's path of `shm:/path` or `shm:name`. A bare name's directory is made if `make`, and always checked. */
export function socketPath(address: AddressOf<'shm'>, make: boolean): string {
  if ('path' in address) return address.path
  const directory = channelDirectory()
  if (make) mkdirSync(directory, { recursive: true, mode: 0o700 })
  checkPrivate(directory)
  return join(directory, address.name)
}

/** $XDG_RUNTIME_DIR/hutong, or else a directory of this user's under that for temporary files. */
export function channelDirectory(): string {
  const runtime = process.env['XDG_RUNTIME_DIR']
  if (runtime !== undefined && isAbsolute(runtime)) return join(runtime, 'hutong')
  return join(tmpdir(), `hutong-${geteuid?.() ?? 0}`)
}

/** Anybody can make a directory under /tmp: one that is not ours, or open to others, would let them sit in the middle. */
function checkPrivate(directory: string): void {
  const stat = lstatSync(directory, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (stat.isDirectory() && stat.uid === geteuid?.() && (stat.mode & 0o077) === 0) return
  throw new SysError(EACCES, 'connect', {
    on: directory,
    hint: 'It must be a directory of your own with mode 0700: remove it, set XDG_RUNTIME_DIR, or name the channel by a path.',
  })
}
