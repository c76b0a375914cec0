// A table of prices in named shared memory: one process writes, another reads it in place.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PosixMemory } from 'hutong'

const NAME = `/hutong-example-${process.pid}`
const SLOTS = 8

const [, , name] = process.argv
if (name !== undefined) {
  // The reader: any program that knows the name, in any language.
  const memory = PosixMemory.open(name, { readOnly: true })
  const mapping = memory.map()
  const ready = mapping.view(Int32Array, 0, 1)
  while (ready[0] === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  const prices = mapping.view(Float64Array, 64, SLOTS)
  console.log(`reader ${process.pid}: ${mapping.readCString(8)} ${[...prices].join(' ')}`)
  mapping.close()
  memory.close()
} else {
  const memory = PosixMemory.create(NAME, { size: 4096 })
  try {
    console.log(`writer ${process.pid}: made ${memory.name}, ${memory.size} bytes, in /dev/shm`)
    const mapping = memory.map()
    const reader = spawn(process.execPath, [fileURLToPath(import.meta.url), NAME], { stdio: 'inherit' })
    mapping.writeCString('prices:', 8)
    mapping.view(Float64Array, 64, SLOTS).set([1.5, 2.25, 3, 5, 8, 13, 21, 34])
    Atomics.store(mapping.view(Int32Array, 0, 1), 0, 1)
    await once(reader, 'exit')
    mapping.close()
  } finally {
    memory.close()
    PosixMemory.unlink(NAME) // close leaves the name; it would outlive both processes
  }
  console.log('writer: unlinked')
}
