// Paths and names, with the kernel's limits, so that a mistake is shown before anything is made.
import { Buffer } from 'node:buffer'
import { decode } from '../percent.ts'
import type { Span } from '../span.ts'

/** Bytes of a path without its NUL (PATH_MAX), of one name in it (NAME_MAX), of a socket's path (sun_path). */
export const PATH_BYTES = 4095
export const NAME_BYTES = 255
export const SOCKET_BYTES = 107

/** The path of a file; `max` in bytes. */
export function readPath(body: Span, max: number = PATH_BYTES): string {
  if (body.text === '') body.fail('a path is missing: write one as /tmp/lane')
  const path = decode(body)
  noNul(path)
  atMost(path, max, 'the path')
  let at = 0
  for (const name of path.text.split('/')) {
    atMost(path.slice(at, at + name.length), NAME_BYTES, 'a name in the path')
    at += name.length + 1
  }
  return path.text
}

/** The path of something that is not a directory. */
export function readFilePath(body: Span, max?: number): string {
  const path = readPath(body, max)
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (last === '' || last === '.' || last === '..') {
    body.fail('the path names a directory: add the name of a file', body.text.length)
  }
  return path
}

export function noNul(text: Span): void {
  const nul = text.text.indexOf('\0')
  if (nul >= 0) text.fail('a NUL cannot stand in a name: the kernel would end it there', nul)
}

/** Points at the first character that has no room. */
export function atMost(text: Span, max: number, what: string): void {
  const length = Buffer.byteLength(text.text)
  if (length <= max) return
  let used = 0
  let at = 0
  for (const character of text.text) {
    used += Buffer.byteLength(character)
    if (used > max) break
    at += character.length
  }
  text.fail(`${what} has ${length} bytes, at most ${max} fit`, at)
}
