// System V shared memory, with peer.c, peer.pl or peer.py: `ask KEY TEXT` or `answer KEY`
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvMemory } from 'hutong'

// uint32 state: 0 empty, 1 asked, 2 answered; uint32 length; then the text.
const [ASKED, ANSWERED] = [1, 2]
const [LENGTH, TEXT, SIZE] = [1, 8, 4096]
const [role, key, question = ''] = process.argv.slice(2)

const memory = role === 'ask' ? SysvMemory.create(Number(key), { size: SIZE }) : SysvMemory.open(Number(key))
const mapping = memory.attach()
const words = mapping.view(Int32Array, 0, 2)
const text = mapping.bytes.subarray(TEXT)
const until = async (state: number): Promise<void> => {
  while (Atomics.load(words, 0) !== state) await sleep(1)
}
const read = (): string => Buffer.from(text.subarray(0, Atomics.load(words, LENGTH))).toString()
const write = (what: string, state: number): void => {
  Atomics.store(words, LENGTH, Buffer.from(text.buffer, text.byteOffset, text.length).write(what))
  Atomics.store(words, 0, state) // last: from now on the other side reads
}

if (role === 'ask') {
  write(question, ASKED)
  console.log('ready')
  await until(ANSWERED)
  console.log(read())
  memory.remove() // goes with the last attachment
} else {
  await until(ASKED)
  write(read().toUpperCase(), ANSWERED)
}
mapping.close()
