// What is cut in place out of a stream is what the decoders of src/channel/framing cut out of it, whatever comes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FramingError } from '#src/channel/framing/error.ts'
import { type FramingName, framing } from '#src/channel/framing/index.ts'
import { framerFor } from '#src/channel/stream/framer.ts'
import { Inbound } from '#src/channel/stream/inbound.ts'
import { NONE } from '#src/channel/transport.ts'
import { below, type Random, seeded } from '../../support/random.ts'

const LIMIT = 300_000
const SEED = 5

/** Bytes as they could come: mostly messages, sometimes broken, in pieces of any size. */
function stream(random: Random, name: FramingName): Uint8Array[] {
  const messages = Array.from({ length: below(random, 8) }, () => {
    const size = below(random, random() < 0.1 ? 200_000 : 40)
    const fixed = /^fixed:(\d+)$/.exec(name)?.[1]
    const message = new Uint8Array(fixed === undefined ? size : Number(fixed)).fill(below(random, 200) + 20)
    return Buffer.concat(framing(name).encode(message))
  })
  const whole = Buffer.concat(messages)
  if (random() < 0.3) whole[below(random, whole.length)] = below(random, 256)
  const wire = random() < 0.5 ? whole : whole.subarray(0, below(random, whole.length))
  const pieces: Uint8Array[] = []
  for (let at = 0; at < wire.length; ) {
    const size = 1 + below(random, random() < 0.5 ? 10 : 100_000)
    pieces.push(wire.slice(at, at + size))
    at += size
  }
  return pieces
}

const nameOf = (error: unknown): string => {
  assert.ok(error instanceof FramingError, `${error}`)
  return error.code
}

function byDecoder(pieces: readonly Uint8Array[], name: FramingName): string[] {
  const decoder = framing(name, { maxMessage: LIMIT }).decoder()
  const got: string[] = []
  const take = (): void => {
    for (let next = decoder.next(); next !== undefined; next = decoder.next()) got.push(hash(next))
  }
  try {
    for (const piece of pieces) {
      decoder.push(piece)
      take()
    }
    decoder.end()
    take()
  } catch (error) {
    got.push(nameOf(error))
  }
  return got
}

/** By every way there is to take a message. */
function inPlace(pieces: readonly Uint8Array[], name: FramingName, random: Random): string[] {
  const inbound = new Inbound(framerFor(name, LIMIT))
  const got: string[] = []
  const held: (() => void)[] = []
  const take = (): void => {
    for (let length = inbound.next(); length !== NONE; length = inbound.next()) {
      const way = below(random, 4)
      const message = way === 0 ? inbound.copy() : inbound.view()
      if (way === 1) held.push(holdAndCheck(inbound, message))
      got.push(hash(message))
      inbound.advance()
      if (way === 2) for (const release of held.splice(0)) release()
      if (way === 3 && random() < 0.1) return
    }
  }
  try {
    for (const piece of pieces) {
      inbound.push(piece)
      take()
    }
    const fault = inbound.end()
    for (let before = -1; before < got.length; ) {
      before = got.length
      take()
    }
    if (fault !== undefined) got.push(nameOf(fault))
  } catch (error) {
    got.push(nameOf(error))
  }
  for (const release of held) release()
  return got
}

/** Releases, when the message is still what it was. */
function holdAndCheck(inbound: Inbound, message: Uint8Array): () => void {
  const release = inbound.hold()
  const before = hash(message)
  return () => {
    assert.equal(hash(message), before)
    release()
  }
}

function hash(bytes: Uint8Array): string {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 1 + (bytes.length >> 8)) sum = (sum * 31 + (bytes[i] as number)) | 0
  return `${bytes.length}:${sum}`
}

for (const name of ['length', 'lines', 'fixed:3', 'fixed:70000'] as const) {
  test(`${name}: messages cut in place are those of the decoder`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 150; round++) {
      const pieces = stream(random, name)
      assert.deepEqual(inPlace(pieces, name, random), byDecoder(pieces, name), `seed ${SEED}, round ${round}`)
    }
  })
}
