// How System V objects are named: a number, or a file and a project, from which ftok(3) makes the number.
import { statSync } from 'node:fs'
import { SysError } from '../../sys/error.ts'
import { kindOf } from '../bytes.ts'
import { checkPath } from '../fifo-path.ts'

/**
 * A key: a number, 0 to 2^32 - 1, as `ipcs` prints it (C's key_t is the same 32 bits, signed); or a file that exists and a
 * project, for `ftok`. 0 is IPC_PRIVATE, no name at all: `createPrivate` makes such objects.
 */
export type SysvKey = number | { readonly path: string; readonly project: number | string }

const MOST = 0xffff_ffff

/**
 * The key of a file and a project, exactly as ftok(3): `(project & 0xff) << 24 | (st_dev & 0xff) << 16 | (st_ino & 0xffff)`,
 * unsigned. Follows links. `project` is 1 to 255 or one ASCII character. Different files can give the same key. Errors: those of
 * stat(2): ENOENT, EACCES, ENOTDIR, ELOOP, ENAMETOOLONG.
 */
export function ftok(path: string, project: number | string): number {
  const id = projectNumber(project)
  const { dev, ino } = statOf(checkPath(path))
  return ((id << 24) | (Number(dev & 0xffn) << 16) | Number(ino & 0xffffn)) >>> 0
}

/** The number of a key, checked; TypeError or RangeError naming what is wrong. */
export function keyOf(key: SysvKey): number {
  if (typeof key === 'object' && key !== null) return ftok(key.path, key.project)
  if (typeof key !== 'number')
    throw new TypeError(`key must be a number or { path, project }, not ${kindOf(key)}`)
  if (key === 0)
    throw new RangeError(
      'key must not be 0, which is IPC_PRIVATE: createPrivate makes an object without a key',
    )
  if (!Number.isInteger(key) || key < 0 || key > MOST) {
    throw new RangeError(`key must be a whole number, 1 to 0xffffffff${unsigned(key)}, not ${key}`)
  }
  return key
}

/** A key as `ipcs` writes it: `0x00001234`. */
export function keyName(key: number): string {
  return `0x${(key >>> 0).toString(16).padStart(8, '0')}`
}

function projectNumber(project: unknown): number {
  if (typeof project === 'string') {
    const code = project.charCodeAt(0)
    if (project.length === 1 && code >= 1 && code <= 0x7f) return code
    throw new RangeError(`project must be 1 to 255 or one ASCII character, not ${JSON.stringify(project)}`)
  }
  if (typeof project !== 'number')
    throw new TypeError(`project must be a number or a character, not ${kindOf(project)}`)
  if (Number.isInteger(project) && project >= 1 && project <= 0xff) return project
  const hint =
    Number.isInteger(project) && (project & 0xff) !== 0
      ? ` (ftok takes its low 8 bits: ${project & 0xff})`
      : ''
  throw new RangeError(`project must be 1 to 255 or one ASCII character, not ${project}${hint}`)
}

/** C programs print keys with a sign. */
function unsigned(key: number): string {
  return Number.isInteger(key) && key < 0 && key >= -(2 ** 31) ? ` (without a sign: ${keyName(key)})` : ''
}

function statOf(path: string): { readonly dev: bigint; readonly ino: bigint } {
  try {
    return statSync(path, { bigint: true })
  } catch (error) {
    const { errno: failed } = error as NodeJS.ErrnoException
    if (failed === undefined) throw error
    throw new SysError(failed, 'stat', { path, hint: 'ftok makes a key of a file that exists.' })
  }
}
