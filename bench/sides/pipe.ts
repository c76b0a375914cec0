// One side of a trial over two pipes or two FIFOs, one for each direction. The same as bench/c/pipe.c.
import { join } from 'node:path'
import { Fifo, PipeReader, PipeWriter } from 'hutong'
import { type Plan, speaksFirst, takePlan } from './plan.ts'
import { type Link, runRole } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4
const CAPACITY = 1 << 20

interface Ends {
  readonly reader: PipeReader
  readonly writer: PipeWriter
}

/** Both sides open `there` first: an open waits for the other side's. */
function openFifos(plan: Plan): Ends {
  const there = Fifo.open(join(plan.extra, 'there'))
  const back = Fifo.open(join(plan.extra, 'back'))
  const ends = speaksFirst(plan)
    ? { writer: there.openWriterSync(), reader: back.openReaderSync() }
    : { reader: there.openReaderSync(), writer: back.openWriterSync() }
  if (plan.size >= 65536) {
    ends.reader.capacity = CAPACITY
    ends.writer.capacity = CAPACITY
  }
  return ends
}

function linkOf({ reader, writer }: Ends): Link {
  return {
    send({ bytes }) {
      writer.writeSync(bytes)
    },
    receive({ bytes }) {
      let done = 0
      do {
        const got = reader.readIntoSync(done === 0 ? bytes : bytes.subarray(done))
        if (got === null) throw new Error('the peer ended too early')
        done += got
      } while (done < bytes.length)
    },
  }
}

const plan = takePlan()
const ends =
  plan.mechanism === 'fifo'
    ? openFifos(plan)
    : { reader: PipeReader.from(INCOMING), writer: PipeWriter.from(OUTGOING) }
runRole(plan, linkOf(ends))
ends.reader.close()
ends.writer.close()
