// A topic whose other side lies: each costs an error with a code there, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes } from '#src/channel/codec.ts'
import { PAGE } from '#src/channel/shm/layout.ts'
import { CURSOR, CURSOR_SIZE, LOG, OLDEST } from '#src/channel/shm/log-layout.ts'
import { TopicSource } from '#src/channel/topic/source.ts'
import { Subscriber } from '#src/channel/topic/subscriber.ts'
import { type PublishOptions, publish, subscribe } from '#src/channel/topic/topic.ts'
import { meet, type Ticket } from '#src/channel/topic/welcome.ts'
import { Memfd } from '#src/kernel/memfd.ts'
import { UnixSocket } from '#src/kernel/socket/socket.ts'
import { cleanUp, uniquePath } from '../../support/leaks.ts'
import { Corrupt, PlainLog } from '../../support/log.ts'
import { below, type Random, seeded } from '../../support/random.ts'
import { stepping } from '../../support/steps.ts'
import { numbered } from '../../support/topic-message.ts'

const CAPACITY = 4096
const WORDS = [0, 1, -1, 2, 3, 16, 255, 256, 257, 0x103, 0x1003, 2 ** 31 - 1, -(2 ** 31), 0x7fffff03]
const NUMBERS = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 53 - 1, 1e300, 17, 4096]

/** Writes nonsense to a place that a subscriber reads. */
function lie({ memory }: PlainLog, random: Random): void {
  const word =
    below(random, 3) === 0 ? (random() * 2 ** 32) | 0 : (WORDS[below(random, WORDS.length)] as number)
  const number = NUMBERS[below(random, NUMBERS.length)] as number
  const at = below(random, memory.capacity)
  switch (below(random, 6)) {
    case 0:
      memory.control[[LOG.head, LOG.claimed, LOG.ended, LOG.awaited][below(random, 4)] as number] = word
      break
    case 1:
      memory.control[LOG.head] = (memory.control[LOG.head] as number) + below(random, 600) - 300
      break
    case 2:
      memory.numbers[OLDEST + below(random, 32)] = number
      break
    case 3:
      memory.sequences[2 * at + 1] = number
      break
    default:
      memory.words[4 * at + below(random, 2)] = word
  }
}

/** Reads as a channel does, a bounded number of calls; true if it was told of the lie. */
function readAll(log: PlainLog, random: Random): boolean {
  const { reader } = log.listeners[0] as PlainLog['listeners'][number]
  try {
    for (let call = 0; call < 300; call++) {
      const length = reader.next()
      if (length < 0) return false
      assert.ok(length <= CAPACITY, 'no message is longer than the log')
      const copy = new Uint8Array(length)
      if (below(random, 2) === 0) reader.copyTo(copy)
      else assert.equal(reader.view(Math.min(reader.left, 3)).buffer, log.memory.bytes.buffer)
      try {
        reader.advance()
      } catch (error) {
        if (error instanceof Corrupt || (error as Error).message !== 'overtaken by the publisher') throw error
      }
    }
    return false
  } catch (error) {
    assert.ok(error instanceof Corrupt, `${error}`)
    return true
  }
}

test('a publisher that writes nonsense costs an error, or messages of its own making, and no endless loop', () => {
  const random = seeded(5)
  let told = 0
  for (let round = 0; round < 2000; round++) {
    const log = new PlainLog(CAPACITY, round % 2 === 0 ? 'overwrite' : 'block')
    log.listen()
    let next = 0
    const work = (): void => {
      for (let i = below(random, 50); i > 0; i--) log.writer.trySend(numbered(next++, below(random, 200)))
      log.writer.flush()
    }
    work()
    const late = below(random, 30)
    if (late < 10) {
      for (let i = 1 + below(random, 3); i > 0; i--) lie(log, random)
      if (readAll(log, random)) told++
    } else {
      // Between two looks of the subscriber.
      const read = (): boolean => readAll(log, random)
      const lies = (step: number): void => {
        if (step === late - 8 || below(random, 20) === 0) lie(log, random)
      }
      if (stepping(read, lies)) told++
    }
  }
  assert.ok(told > 250, `told ${told} times`)
})

async function opened(options: Partial<PublishOptions<Uint8Array>>) {
  const path = await uniquePath()
  const publisher = publish(`shm:${path}`, { codec: bytes, capacity: CAPACITY, ...options })
  cleanUp(() => publisher.destroy())
  return { path, publisher }
}

/** Subscribes, and keeps what a liar needs. */
async function liar(
  path: string,
): Promise<{ ticket: Ticket; words: Int32Array; subscriber: Subscriber<Uint8Array> }> {
  const label = `shm:${path}`
  const ticket = await meet(await UnixSocket.connect(path), { label, codec: 'bytes' }, {})
  const source = new TopicSource(ticket, { label, from: 'now', strict: false, spin: 0 })
  const subscriber = new Subscriber(source, bytes)
  cleanUp(() => subscriber.close())
  return { ticket, words: ticket.cursor.view(Int32Array, 0, CURSOR_SIZE / 4), subscriber }
}

async function count(subscriber: Subscriber<Uint8Array>): Promise<number> {
  let messages = 0
  for await (const batch of subscriber.batches()) messages += batch.length
  return messages
}

test('a subscriber whose cursor lies is refused, is told so, and the others go on', async () => {
  for (const position of [100_000, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    const { path, publisher } = await opened({ policy: 'block' })
    const { words, subscriber } = await liar(path)
    const honest = await subscribe(`shm:${path}`, { codec: bytes })
    cleanUp(() => honest.close())
    const counting = count(honest)
    Atomics.store(words, CURSOR.position, position)
    let sent = 0
    for (; sent < 20; sent++) await publisher.send(numbered(sent, 300))
    await publisher.close()
    assert.equal(await counting, sent)
    assert.equal(publisher.counters.refused, 1)
    const { reason, error } = await subscriber.closed
    assert.deepEqual([reason, (error as { code?: string }).code], ['failed', 'ERR_CORRUPT_PEER'])
  }
})

test('random cursors never harm the publisher', async () => {
  const random = seeded(3)
  const { path, publisher } = await opened({ policy: 'drop' })
  const honest = await subscribe(`shm:${path}`, { codec: bytes })
  cleanUp(() => honest.close())
  let [got, sent] = [0, 0]
  for (let round = 0; round < 12; round++) {
    const { words, subscriber } = await liar(path)
    for (let i = 0; i < 30; i++) {
      const index = [CURSOR.position, CURSOR.sleeps, below(random, CURSOR_SIZE / 4)][
        below(random, 3)
      ] as number
      Atomics.store(words, index, (random() * 2 ** 32) | 0)
      if (publisher.trySend(numbered(sent, below(random, 300))) === true) sent++
      publisher.flush()
      while (honest.tryReceive() instanceof Uint8Array) got++
    }
    subscriber.close()
  }
  await publisher.close()
  while ((await honest.receive()) !== null) got++
  assert.equal(got, sent)
  assert.ok(publisher.counters.refused > 0)
})

test('a subscriber cannot write to the log', async () => {
  const { path, publisher } = await opened({})
  const received: { words?: Int32Array } = {}
  const { ticket, subscriber } = await liar(path)
  received.words = ticket.log.view(Int32Array, PAGE, 64)
  received.words[LOG.head] = 77 // lands in a private copy of the page
  await publisher.send(Uint8Array.of(1))
  const other = await subscribe(`shm:${path}`, { codec: bytes, from: 'oldest' })
  cleanUp(() => other.close())
  assert.deepEqual(await other.receive(), Uint8Array.of(1))
  subscriber.close()
  const socket = await UnixSocket.connect(path)
  const { descriptors } = await socket.receiveDescriptors(4)
  const log = Memfd.from((descriptors[0] as (typeof descriptors)[number]).release())
  assert.deepEqual(
    log.seals.filter((seal) => seal !== 'exec'),
    ['seal', 'shrink', 'grow', 'future-write'],
  )
  assert.throws(() => log.map(), { code: 'EPERM' })
  assert.throws(() => log.resize(0), { code: 'EPERM' })
  log.close()
  for (const fd of descriptors.slice(1)) fd.close()
  socket.close()
})

test('bytes on the socket end that connection: neither side has anything to say there', async () => {
  const { path, publisher } = await opened({})
  const { ticket, subscriber } = await liar(path)
  await ticket.socket.send('hello')
  assert.equal((await subscriber.closed).reason, 'peer-died')
  assert.equal(publisher.subscribers, 0)
})
