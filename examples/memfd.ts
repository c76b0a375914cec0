// A memfd is filled, sealed, and handed to a child, which can trust that it will never change or shrink.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Memfd } from 'hutong'

const SIZE = 1 << 20
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

if (process.argv[2] === 'child') {
  const memfd = Memfd.from(3) // the fourth descriptor of `stdio`
  console.log(`child: ${memfd.size} bytes, sealed against ${memfd.seals.join(', ')}`)
  const mapping = memfd.map({ readOnly: true })
  console.log(`child: sha256 ${digest(mapping.bytes)}, and nothing was copied to get here`)
  mapping.close()
  try {
    memfd.map()
  } catch (error) {
    console.log(`child: a writable mapping is refused: ${(error as NodeJS.ErrnoException).code}`)
  }
  memfd.close()
} else {
  const memfd = Memfd.create('frame', { size: SIZE })
  const mapping = memfd.map()
  const { bytes } = mapping
  for (let i = 0; i < SIZE; i++) bytes[i] = i * 7
  console.log(`parent: sha256 ${digest(bytes)}`)
  mapping.close() // `write` can be sealed only when nobody maps it writable
  memfd.seal('write', 'shrink', 'grow', 'seal')
  const stdio = ['ignore', 'inherit', 'inherit', memfd.fd] as const
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], { stdio: [...stdio] })
  memfd.close() // the child has its own descriptor; the memory goes with the last user
  await once(child, 'exit')
  console.log('parent: the child is gone, and the memory with it')
}
