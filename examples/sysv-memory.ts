// A picture in a System V shared memory segment: one process paints it, another looks at it in place and cannot spoil it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SysvMemory } from 'hutong'

const [WIDTH, HEIGHT] = [40, 8]
const [, , id] = process.argv

if (id !== undefined) {
  const mapping = SysvMemory.from(Number(id)).attach({ readOnly: true })
  const { bytes } = mapping
  for (let row = 0; row < HEIGHT; row++) {
    console.log(Buffer.from(bytes.subarray(row * WIDTH, (row + 1) * WIDTH)).toString('latin1'))
  }
  bytes[0] = 0 // reaches nobody
  try {
    mapping.readCString()
  } catch (error) {
    console.log(`reader: ${error instanceof Error ? error.name : error}`)
  }
  mapping.close()
} else {
  const memory = SysvMemory.createPrivate({ size: WIDTH * HEIGHT })
  const mapping = memory.attach()
  const { bytes } = mapping
  bytes.fill(0x20)
  for (let column = 0; column < WIDTH; column++) {
    const row = Math.round((HEIGHT / 2 - 0.5) * (1 + Math.sin(column / 4)))
    bytes[row * WIDTH + column] = 0x2a
  }
  const reader = spawn(process.execPath, [fileURLToPath(import.meta.url), String(memory.id)], {
    stdio: 'inherit',
  })
  await once(reader, 'exit')
  memory.remove() // now it goes with its last attachment; without this it would outlive both processes
  const { attached, removed, pages } = memory.stat()
  console.log(
    `writer: ${pages} page, attached ${attached} time, removed: ${removed}, first byte still ${bytes[0]}`,
  )
  mapping.close()
}
