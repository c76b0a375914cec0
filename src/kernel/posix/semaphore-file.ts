// The files of named semaphores: /dev/shm/sem.NAME, as glibc's sem_open(3) makes and finds them.
import { randomBytes } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EEXIST, EINTR, EINVAL, ENOENT, EPERM, errno } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { linkat, openat, unlinkat, write } from '../../sys/file.ts'
import { needGlibc } from '../../sys/libc.ts'
import { Mapping } from '../mapping.ts'
import { checkPosixName } from './name.ts'
import { newSemaphore, SIZE } from './semaphore-word.ts'

const FOLDER = '/dev/shm'
const LONGEST = 252 // '/' and what `sem.` leaves of NAME_MAX
const { AT_FDCWD, O_RDWR, O_CREAT, O_EXCL, O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK, O_TMPFILE } = constants
const EACCES = -(errno['EACCES'] ?? 0)
const NO_TMPFILE: readonly number[] = ['EOPNOTSUPP', 'EISDIR'].map((name) => -(errno[name] ?? 0))

/** The file of a name, after checking the name. */
export function semaphorePath(name: unknown): string {
  needGlibc(`semaphore ${name}`, 'sem_open')
  return `${FOLDER}/sem.${checkPosixName(name, LONGEST).slice(1)}`
}

function retried(call: () => number): number {
  let result = call()
  while (result === EINTR) result = call()
  return result
}

function failed(result: number, syscall: string, name: string): SysError {
  const hints: Readonly<Record<number, string>> = {
    [ENOENT]: 'It does not exist; create makes it.',
    [EEXIST]: 'It exists already; open takes what is there.',
  }
  const about = { on: `semaphore ${name}`, path: semaphorePath(name) }
  const hint = hints[result]
  return new SysError(result, syscall, hint === undefined ? about : { ...about, hint })
}

/** Maps the semaphore that `name` stands for, or gives `-errno`. */
export function tryOpenSemaphore(name: string): Mapping | number {
  // O_NONBLOCK: what is there may be a FIFO.
  const flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
  const number = retried(() => openat(AT_FDCWD, semaphorePath(name), flags, 0))
  if (number < 0) return number
  using fd = new Fd(number, `semaphore ${name}`)
  const about = fstatSync(number)
  if (about.isFile() && about.size >= SIZE) return Mapping.of(fd, { length: SIZE })
  const hint = `The file is no semaphore: it must be a regular file of ${SIZE} bytes or more.`
  throw new SysError(EINVAL, 'sem_open', { on: `semaphore ${name}`, path: semaphorePath(name), hint })
}

/** As tryOpenSemaphore, or throws. */
export function openSemaphore(name: string): Mapping {
  const mapping = tryOpenSemaphore(name)
  if (typeof mapping === 'number') throw failed(mapping, 'sem_open', name)
  return mapping
}

/**
 * Makes a semaphore and gives its mapping, or EEXIST. It is complete before it gets its name, so nobody sees it half-made,
 * and what dies on the way leaves nothing.
 */
export function tryCreateSemaphore(name: string, mode: number, value: number): Mapping | number {
  const path = semaphorePath(name)
  const { fd, temporary } = nameless(name, mode)
  using owned = fd
  try {
    const bytes = newSemaphore(value)
    must(
      retried(() => write(owned.number, bytes)),
      'write',
      { on: `semaphore ${name}`, path },
    )
    const mapping = Mapping.of(owned, { length: SIZE })
    const from = temporary ?? `/proc/self/fd/${owned.number}`
    const linked = linkat(AT_FDCWD, from, AT_FDCWD, path, constants.AT_SYMLINK_FOLLOW)
    if (linked >= 0) return mapping
    mapping.close()
    if (linked === EEXIST) return linked
    throw failed(linked, 'link', name)
  } finally {
    if (temporary !== undefined) unlinkat(AT_FDCWD, temporary, 0)
  }
}

/** As tryCreateSemaphore, or throws. */
export function createSemaphore(name: string, mode: number, value: number): Mapping {
  const mapping = tryCreateSemaphore(name, mode, value)
  if (typeof mapping === 'number') throw failed(mapping, 'sem_open', name)
  return mapping
}

/** A file without a name; with a temporary one, as glibc does it, where the file system knows no such thing. */
function nameless(name: string, mode: number): { readonly fd: Fd; readonly temporary: string | undefined } {
  const label = `semaphore ${name}`
  const number = retried(() => openat(AT_FDCWD, FOLDER, O_RDWR | O_TMPFILE | O_CLOEXEC, mode))
  if (!NO_TMPFILE.includes(number)) {
    if (number < 0) throw failed(number, 'sem_open', name)
    return { fd: new Fd(number, label), temporary: undefined }
  }
  for (;;) {
    const temporary = `${FOLDER}/sem.${randomBytes(9).toString('base64url')}`
    const flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    const made = retried(() => openat(AT_FDCWD, temporary, flags, mode))
    if (made >= 0) return { fd: new Fd(made, label), temporary }
    if (made !== EEXIST) throw failed(made, 'sem_open', name)
  }
}

/** sem_unlink(3). */
export function unlinkSemaphore(name: string): void {
  const result = unlinkat(AT_FDCWD, semaphorePath(name), 0)
  if (result < 0) throw failed(result === EPERM ? EACCES : result, 'sem_unlink', name)
}
