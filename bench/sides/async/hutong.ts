// hutong's own asynchronous pipe. Small writes of one turn share a system call.
import { PipeReader, PipeWriter } from 'hutong'
import { linkOf } from './promises.ts'
import { type AsyncLink, runAsync } from './roles.ts'

const INCOMING = 3
const OUTGOING = 4

await runAsync((plan): AsyncLink => {
  const reader = PipeReader.from(INCOMING)
  const writer = PipeWriter.from(OUTGOING)
  return linkOf(plan, {
    readInto: (target) => reader.readInto(target),
    write: (message) => writer.write(message),
    close() {
      writer.close()
      reader.close()
    },
  })
})
