// Locks on a file: flock(1) in a shell and this process exclude each other, and two parts of a file are locked one by one.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileLock } from 'hutong'

const folder = mkdtempSync(join(tmpdir(), 'hutong-example-'))
const path = join(folder, 'lock')
try {
  const lock = FileLock.flock(path)
  const held = await lock.lock({ timeout: 10_000 })
  try {
    execFileSync('flock', ['--nonblock', path, 'true'])
  } catch {
    console.log('flock(1) does not get it while this process holds it')
  }
  const waiting = spawn('flock', [path, 'echo', 'flock(1) has it now'], { stdio: 'inherit' })
  held.unlock()
  await new Promise((resolve) => waiting.once('exit', resolve))

  // Ranges of bytes. They need not exist; what is locked is what the programs agree that it stands for.
  const first = FileLock.record(path, { start: 0, length: 100 })
  const second = FileLock.record(path, { start: 100, length: 100 })
  const both = FileLock.record(path, { start: 0, length: 200 })
  const [one, two] = [first.lockSync(), second.lockSync({ shared: true })]
  console.log(`both ranges: ${both.tryLock()}, because of ${JSON.stringify(both.holder())}`)
  one.unlock()

  // Shared becomes exclusive when nobody else shares.
  console.log(`exclusive: ${two.tryConvert({ shared: false })}, shared: ${two.shared}`)
  await both.lock({ timeout: 10 }).catch((error) => console.log(`${error}`))
  two.unlock()
  for (const each of [lock, first, second, both]) each.close()
} finally {
  rmSync(folder, { recursive: true })
}
