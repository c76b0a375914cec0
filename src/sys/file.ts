// read(2), write(2) and the calls that every descriptor knows. All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** open(2) relative to `dirfd` (AT_FDCWD for the working directory). May block on a FIFO: see src/wait. */
export const openat: (dirfd: number, path: string, flags: number, mode: number) => number = native.openat
/** close(2). */
export const close: (fd: number) => number = native.close
/** dup3(2): `to` becomes a second number of `from`'s open file description. */
export const dup3: (from: number, to: number, flags: number) => number = native.dup3
/** read(2) into `buffer[offset, offset + length)`. */
export const read: (fd: number, buffer: BufferSource, offset?: number, length?: number) => number =
  native.read
/** write(2) of `buffer[offset, offset + length)`. SIGPIPE is ignored in Node, so a broken pipe is EPIPE. */
export const write: (fd: number, buffer: BufferSource, offset?: number, length?: number) => number =
  native.write
/** writev(2) of at most 64 buffers. */
export const writev: (fd: number, buffers: readonly BufferSource[]) => number = native.writev
/** fcntl(2), the commands with an int argument. */
export const fcntl: (fd: number, command: number, argument: number) => number = native.fcntl
/** ioctl(2) FIONREAD: bytes that can be read now. */
export const fionread: (fd: number) => number = native.fionread
/** poll(2) on one descriptor; `timeout` in ms, -1 for ever. Gives the returned events, 0 after the timeout. */
export const poll: (fd: number, events: number, timeout: number) => number = native.poll
/** ftruncate(2). */
export const ftruncate: (fd: number, length: number) => number = native.ftruncate
/** fallocate(2). */
export const fallocate: (fd: number, mode: number, offset: number, length: number) => number =
  native.fallocate
/** unlinkat(2). */
export const unlinkat: (dirfd: number, path: string, flags: number) => number = native.unlinkat
/** linkat(2): a second name for a file; with AT_SYMLINK_FOLLOW of `/proc/self/fd/N`, a first one for a nameless file. */
export function linkat(
  ...call: [fromDirfd: number, from: string, toDirfd: number, to: string, flags: number]
): number {
  return native.linkat(...call)
}
