// Two processes count in the same file, at the same time, without a system call per step.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Mapping } from 'hutong'

const STEPS = 100_000

function count(mapping: Mapping): void {
  const counters = mapping.view(Int32Array, 0, 1)
  for (let step = 0; step < STEPS; step++) Atomics.add(counters, 0, 1)
}

const [, , path] = process.argv
if (path !== undefined) {
  const mapping = Mapping.open(path)
  count(mapping)
  mapping.print(64, 'process %d counted to the end', process.pid)
  mapping.close()
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-example-'))
  const file = join(folder, 'counter')
  const mapping = Mapping.create(file, { length: 4096 }) // the space is reserved: no surprise later
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), file], { stdio: 'inherit' })
  count(mapping)
  await once(child, 'exit')
  console.log(`both counted: ${mapping.view(Int32Array, 0, 1)[0]} of ${2 * STEPS}`)
  console.log(`the child left a message: "${mapping.readCString(64)}"`)

  const reader = Mapping.open(file, { readOnly: true })
  const { bytes } = reader
  bytes[64] = 0 // a stray write: it reaches nobody
  console.log(`the file still says: "${mapping.readCString(64)}"`)
  try {
    reader.readCString(64)
  } catch (error) {
    console.log(`and the next call reports it: ${(error as NodeJS.ErrnoException).code}`)
  }

  await mapping.sync() // to the disk; the other process needed no such call
  reader.close()
  mapping.close()
  console.log(`after close a kept view has length ${bytes.length}`)
  rmSync(folder, { recursive: true })
}
