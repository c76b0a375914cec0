// A mutex in shared memory outlives its holder: a process is killed inside, and the next one is told, repairs and goes on.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Mapping, Memfd, Mutex, RwLock } from 'hutong'

const [MUTEX, RW_LOCK] = [64, 128] // where the locks lie; the accounts, two words, lie at 0

if (process.argv[2] === 'child') {
  const memory = Mapping.of(3)
  const accounts = memory.view(Int32Array, 0, 2)
  await Mutex.at(memory, MUTEX).lock()
  accounts[0] = (accounts[0] ?? 0) - 40 // taken from the one, and not yet given to the other
  console.log(`child ${process.pid} holds the mutex, and is killed between two writes`)
  process.kill(process.pid, 'SIGKILL')
}

const file = Memfd.create('accounts', { size: 4096 })
const memory = file.map()
const accounts = memory.view(Int32Array, 0, 2)
accounts.set([100, 0])
const mutex = Mutex.initialize(memory, MUTEX)

const args = [fileURLToPath(import.meta.url), 'child']
const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', file.fd] })
await new Promise((resolve) => child.once('exit', resolve))
const held = await mutex.lock({ timeout: 10_000 })
console.log(
  `parent ${process.pid} has it; the owner died: ${held.ownerDied}, accounts: ${accounts.join(', ')}`,
)
accounts[1] = 100 - (accounts[0] ?? 0)
held.makeConsistent() // otherwise unlock would make the mutex unusable for everybody
try {
  memory.close()
} catch (error) {
  console.log(`${(error as Error).message}`)
}
held.unlock()

// Many readers or one writer; whoever waits to write is not overtaken by readers that come later.
const lock = RwLock.initialize(memory, RW_LOCK, { readers: 8 })
const readers = [await lock.read(), await lock.read()]
const writing = lock.write()
console.log(`two read; a third now gets ${lock.tryRead()}, because a writer waits`)
for (const reader of readers) reader.unlock()
const writer = await writing
accounts.set([50, 50])
writer.unlock()
console.log(`accounts: ${accounts.join(', ')}`)
memory.close()
file.close()
