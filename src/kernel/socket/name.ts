// The names of Unix sockets and the kernel's form of them, struct sockaddr_un: unix(7).
import { endianness } from 'node:os'
import { constants } from '../../sys/constants.ts'
import { bytesOf } from '../bytes.ts'

/**
 * A path; or an abstract name, which has no path and goes with its socket: `{ abstract: 'name' }`, or a string that
 * begins with NUL as Python and others write it. Paths are at most 107 bytes of UTF-8, abstract names too.
 */
export type UnixName = string | AbstractName
export interface AbstractName {
  readonly abstract: string | Uint8Array
}

const FAMILY = 2
const MOST = 107 // sun_path has 108; a path needs its NUL in what others print
const little = endianness() === 'LE'

/** Whether the name is one without a path. */
export function isAbstract(name: UnixName): boolean {
  return typeof name !== 'string' || name.startsWith('\0')
}

/** The bytes of the name's struct sockaddr_un: no padding, since every byte of an abstract name counts. */
export function encodeName(name: UnixName, argument = 'name'): Uint8Array {
  const abstract = abstractBytes(name, argument)
  const bytes = abstract ?? pathBytes(name as string, argument)
  if (bytes.length > MOST) {
    const hint = abstract === undefined ? '; use a shorter path, or a relative one' : ''
    throw new RangeError(`${argument} must be at most ${MOST} bytes, not ${bytes.length}${hint}`)
  }
  const address = new Uint8Array(FAMILY + 1 + bytes.length)
  writeFamily(address)
  address.set(bytes, abstract === undefined ? FAMILY : FAMILY + 1) // after the NUL, or before it
  return address
}

/** The address that lets the kernel choose an abstract name of five hexadecimal digits. */
export function autobindAddress(): Uint8Array {
  const address = new Uint8Array(FAMILY)
  writeFamily(address)
  return address
}

/** The name of a socket whose address has these bytes; `undefined` for one without a name. */
export function decodeName(address: Uint8Array, length: number): UnixName | undefined {
  if (length <= FAMILY) return undefined
  const bytes = address.slice(FAMILY, Math.min(length, address.length))
  if (bytes[0] === 0) return { abstract: textOr(bytes.subarray(1)) }
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString()
}

/** A name as messages show it: `/run/app.sock`, or `@name`. */
export function showName(name: UnixName | undefined): string {
  if (name === undefined) return '(unnamed)'
  if (typeof name === 'string') return name.startsWith('\0') ? `@${name.slice(1)}` : name
  const { abstract } = name
  return `@${typeof abstract === 'string' ? abstract : Buffer.from(abstract).toString('latin1')}`
}

function abstractBytes(name: UnixName, argument: string): Uint8Array | undefined {
  if (typeof name === 'string') {
    return name.startsWith('\0') ? bytesOf(checkFilled(name.slice(1), argument)) : undefined
  }
  if (typeof name !== 'object' || name === null || name.abstract === undefined) {
    throw new TypeError(`${argument} must be a path or { abstract: name }, not ${String(name)}`)
  }
  return bytesOf(checkFilled(name.abstract, `${argument}.abstract`), `${argument}.abstract`)
}

function checkFilled<T extends string | Uint8Array>(value: T, argument: string): T {
  if (value.length === 0) throw new RangeError(`${argument} must not be empty`)
  return value
}

function pathBytes(path: string, argument: string): Uint8Array {
  checkFilled(path, argument)
  if (path.includes('\0')) throw new RangeError(`${argument} must not contain NUL`)
  return bytesOf(path)
}

/** Text if it is UTF-8, otherwise the bytes themselves. */
function textOr(bytes: Uint8Array): string | Uint8Array {
  const text = Buffer.from(bytes).toString()
  return Buffer.from(text).equals(bytes) ? text : bytes
}

function writeFamily(address: Uint8Array): void {
  new DataView(address.buffer).setUint16(0, constants.AF_UNIX, little)
}
