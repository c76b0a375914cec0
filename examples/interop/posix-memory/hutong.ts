// POSIX shared memory, shared with peer.c, peer.pl or peer.py: `ask NAME TEXT` or `answer NAME`
import { setTimeout as sleep } from 'node:timers/promises'
import { PosixMemory } from 'hutong'

// The bytes: at 0 a 32-bit word that says whose turn it is, at 64 a C string.
const [ASKED, ANSWERED, TEXT] = [1, 2, 64]
const [role, name = '', text = ''] = process.argv.slice(2)

const memory = role === 'ask' ? PosixMemory.create(name, { size: 4096 }) : PosixMemory.open(name)
const mapping = memory.map()
const turn = mapping.view(Int32Array, 0, 1)

async function until(value: number): Promise<void> {
  while (Atomics.load(turn, 0) !== value) await sleep(1)
}

if (role === 'ask') {
  mapping.writeCString(text, TEXT)
  Atomics.store(turn, 0, ASKED)
  console.log('ready')
  await until(ANSWERED)
  console.log(mapping.readCString(TEXT))
  PosixMemory.unlink(name)
} else {
  await until(ASKED)
  mapping.writeCString(mapping.readCString(TEXT).toUpperCase(), TEXT)
  Atomics.store(turn, 0, ANSWERED)
}
mapping.close()
memory.close()
