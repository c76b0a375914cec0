// Channels over a descriptor that this process was started with, or over objects of ours that are byte streams.
import { fstatSync } from 'node:fs'
import { PipeReader } from '../../kernel/pipe/reader.ts'
import { PipeWriter } from '../../kernel/pipe/writer.ts'
import { UnixSocket } from '../../kernel/socket/socket.ts'
import { constants } from '../../sys/constants.ts'
import { EOPNOTSUPP } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import { fcntl } from '../../sys/file.ts'
import type { ByteStream } from './byte-stream.ts'
import { pipeStream } from './pipe.ts'
import { socketStream } from './unix.ts'

/** Takes over an inherited descriptor: a Unix stream socket, or an end of a pipe. EBADF, EOPNOTSUPP. */
export function descriptorStream(fd: number, label: string): ByteStream {
  const flags = must(fcntl(fd, constants.F_GETFL, 0), 'fcntl', {
    on: label,
    hint: 'Was it opened, and passed to this process?',
  })
  const stat = fstatSync(fd)
  if (stat.isSocket()) return socketStream(UnixSocket.from(fd), label)
  if (!stat.isFIFO()) {
    throw new SysError(EOPNOTSUPP, 'fstat', { on: label, hint: 'It is neither a socket nor a pipe.' })
  }
  const writes = (flags & constants.O_ACCMODE) === constants.O_WRONLY
  return pipeStream(writes ? { writer: PipeWriter.from(fd) } : { reader: PipeReader.from(fd) }, label)
}
