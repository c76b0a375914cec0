// Descriptors that came with this process, `fd:N` and `-`: a pipe or FIFO, a socket, a file, a terminal.
import { fstatSync, readdirSync, readlinkSync } from 'node:fs'
import { isatty } from 'node:tty'
import { PipeReader } from '../../kernel/pipe/reader.ts'
import { PipeWriter } from '../../kernel/pipe/writer.ts'
import { EBADF } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { UsageError } from '../exit.ts'
import { fileSink, fileSource } from './file.ts'
import { socketSink, socketSource } from './socket.ts'
import type { Sink, Source } from './stream.ts'
import { terminalSource } from './terminal.ts'

export function sourceOf(fd: number, name: string): Source {
  const kind = kindOf(fd, name)
  if (kind === 'pipe') return pipeSource(PipeReader.from(fd), name)
  if (kind === 'socket') return socketSource(fd, name)
  return isatty(fd) ? terminalSource(fd, name) : fileSource(fd, name)
}

export function sinkOf(fd: number, name: string): Sink {
  const kind = kindOf(fd, name)
  if (kind === 'pipe') return pipeSink(PipeWriter.from(fd), name)
  return kind === 'socket' ? socketSink(fd, name) : fileSink(fd, name)
}

export function pipeSource(reader: PipeReader, name: string): Source {
  const one = new Uint8Array(1)
  return {
    name,
    read: (max, wait) => reader.read({ max, ...wait }),
    readByte: () => (reader.tryReadInto(one) === 1 ? one[0] : undefined),
    close: () => reader.close(),
  }
}

export function pipeSink(writer: PipeWriter, name: string): Sink {
  return {
    name,
    write: async (bytes, wait) => void (await writer.write(bytes, wait)),
    close: () => writer.close(),
  }
}

function kindOf(fd: number, name: string): 'pipe' | 'socket' | 'file' {
  const stat = statOf(fd, name)
  if (stat.isFIFO()) return 'pipe'
  if (stat.isSocket()) return 'socket'
  if (stat.isFile() || stat.isCharacterDevice()) return 'file'
  const what = stat.isDirectory() ? 'a folder' : 'of another kind'
  throw new UsageError(`${name} is ${what}; what can be used: a pipe, a FIFO, a socket, a file, a terminal`)
}

function statOf(fd: number, name: string): ReturnType<typeof fstatSync> {
  try {
    if (isNodesOwn(fd))
      throw new SysError(EBADF, 'fstat', { on: name, hint: 'It was not passed to this command.' })
    return fstatSync(fd)
  } catch (error) {
    if (error instanceof SysError) throw error
    throw new SysError((error as NodeJS.ErrnoException).errno ?? EBADF, 'fstat', { on: name })
  }
}

/** Node has eventfds and a pipe to itself, both ends of it; a number mistyped must not reach those. */
function isNodesOwn(fd: number): boolean {
  const link = linkOf(fd)
  if (link?.startsWith('anon_inode:') === true) return true
  if (link?.startsWith('pipe:') !== true) return false
  const ends = readdirSync('/proc/self/fd').filter((other) => linkOf(Number(other)) === link)
  return ends.length > 1 && fd > 2
}

function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}
