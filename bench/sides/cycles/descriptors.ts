// Pipes, FIFOs, event counters, mappings.
import { join } from 'node:path'
import { EventFd, Fifo, Mapping, Memfd, Pipe, PosixMemory } from 'hutong'

const PAGE = 4096

export function use(mapping: Mapping): void {
  mapping.bytes[0] = 1
  if (mapping.bytes[0] !== 1) throw new Error('the memory does not keep what was put there')
  mapping.close()
}

function moveByte({ reader, writer }: Pick<Pipe, 'reader' | 'writer'>): void {
  const byte = new Uint8Array(1)
  writer.writeSync(byte)
  if (reader.readIntoSync(byte) !== 1) throw new Error('the byte did not come through')
}

export function descriptors(directory: string) {
  const path = join(directory, 'object')
  const name = `/hutong-bench-${process.pid}`
  return {
    pipe() {
      const pipe = Pipe.create()
      moveByte(pipe)
      pipe.close()
    },
    fifo() {
      const fifo = Fifo.create(path)
      const ends = fifo.openBoth()
      moveByte(ends)
      ends.reader.close()
      ends.writer.close()
      fifo.unlink()
    },
    eventfd() {
      const event = EventFd.create()
      event.postSync(1)
      if (event.waitSync() !== 1n) throw new Error('the counter lost its count')
      event.close()
    },
    anonymous: () => use(Mapping.anonymous(PAGE)),
    file: () => use(Mapping.openOrCreate(`${path}-file`, { length: PAGE })),
    memfd() {
      const memory = Memfd.create('hutong-bench', { size: PAGE })
      use(memory.map())
      memory.close()
    },
    'posix-shm'() {
      const memory = PosixMemory.create(name, { size: PAGE })
      PosixMemory.unlink(name)
      use(memory.map())
      memory.close()
    },
  }
}
