// Channels over pipes, one for each direction, or only one of them.
import { insides, type PipeEnd } from '../../kernel/pipe/end.ts'
import type { PipeReader } from '../../kernel/pipe/reader.ts'
import type { PipeWriter } from '../../kernel/pipe/writer.ts'
import { EBUSY } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import type { ByteStream } from './byte-stream.ts'

/** Ends of pipes or FIFOs: where messages come from, and where they go. One of them is enough. */
export interface PipeEnds {
  readonly reader?: PipeReader | undefined
  readonly writer?: PipeWriter | undefined
}

/** The byte stream of two ends, which are taken over. */
export function pipeStream({ reader, writer }: PipeEnds, label: string): ByteStream {
  const input = reader && take(reader, label)
  try {
    return { label, kind: 'pipe', input, output: writer && take(writer, label) }
  } catch (error) {
    input?.close()
    throw error
  }
}

function take(end: PipeEnd, label: string): Fd {
  const { handle, readiness } = insides(end)
  if (readiness === undefined || readiness.pending > 0) {
    const hint = 'It is shared with another process, or operations wait on it.'
    throw new SysError(EBUSY, 'fcntl', { on: `${end}`, hint })
  }
  return new Fd(handle.release(), label)
}
