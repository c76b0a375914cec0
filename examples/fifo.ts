// A server behind a FIFO: clients come and go, each line they write is an order. Any program can be a client.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fifo } from 'hutong'

const [, , path, name] = process.argv
if (path !== undefined) {
  const writer = await Fifo.open(path).openWriter({ timeout: 5000 }) // waits for the server, on a thread of its own
  for (const what of ['tea', 'rice']) await writer.write(`${name} wants ${what}\n`) // at most 4096 bytes: never mixed
  writer.close()
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hutong-example-'))
  const fifo = Fifo.create(join(folder, 'orders'))
  try {
    fifo.tryOpenWriter()
  } catch (error) {
    console.log(`nobody reads yet: ${(error as NodeJS.ErrnoException).code}`)
  }

  // Our own writer keeps the end of file away while no client is there.
  const { reader, writer } = fifo.openBoth()
  for (const client of ['Li', 'Wang'])
    spawn(process.execPath, [fileURLToPath(import.meta.url), fifo.path, client], { stdio: 'inherit' })
  spawn('sh', ['-c', 'echo "the shell wants noodles" > "$0"', fifo.path])

  const orders: string[] = []
  let text = ''
  while (orders.length < 5) {
    text += Buffer.from((await reader.read()) ?? []).toString()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    orders.push(...lines)
  }
  for (const order of orders.sort()) console.log(order)

  writer.close()
  console.log(`without any writer a read gives ${await reader.read()}`)
  reader.close()
  fifo.unlink()
  rmSync(folder, { recursive: true })
}
