// The file through an anonymous pipe: read(2), write(2), read(2), write(2).
import { PipeReader } from '../../../kernel/pipe/reader.ts'
import { PipeWriter } from '../../../kernel/pipe/writer.ts'
import type { Mechanism } from '../mechanism.ts'
import { StreamEnd, stagePipes } from '../parts/pipes.ts'

export const mechanism: Mechanism = {
  name: 'pipe',
  how: 'read and write through an anonymous pipe',
  prepare: stagePipes,
  join: ({ role, descriptors: [data = -1, reply = -1] }) =>
    role === 'sender'
      ? new StreamEnd(PipeReader.from(reply), PipeWriter.from(data))
      : new StreamEnd(PipeReader.from(data), PipeWriter.from(reply)),
}
