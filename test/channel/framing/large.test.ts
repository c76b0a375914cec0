// Big messages in small pieces. Nothing here is timed; a decoder that looked at bytes again and again would not end.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { framing } from 'hutong/channel'

const SIZE = 2 ** 21

function body(): Uint8Array {
  return Uint8Array.from({ length: SIZE }, (_, index) => ((index * 31 + (index >> 8)) % 251) | 0x80)
}

function digest(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
}

for (const name of ['length', 'lines', `fixed:${SIZE}`] as const) {
  for (const piece of [1, 1000, 1500, 65536]) {
    test(`${name} finds a message of 2 MiB that comes in pieces of ${piece}`, () => {
      const message = body()
      const stream = Buffer.concat(framing(name).encode(message))
      const decoder = framing(name).decoder()
      for (let at = 0; at < stream.length - 1; at += piece) {
        assert.equal(decoder.next(), undefined)
        decoder.push(stream.subarray(at, Math.min(at + piece, stream.length - 1)))
      }
      assert.equal(decoder.next(), undefined)
      decoder.push(stream.subarray(-1))
      assert.equal(digest(decoder.next()), digest(message))
      assert.equal(decoder.buffered, 0)
    })
  }
}

for (const size of [3, 1100]) {
  for (const name of ['length', 'lines', `fixed:${size}`, 'none'] as const) {
    test(`${name}: 300,000 messages of ${size} bytes that wait together are taken one by one`, () => {
      const decoder = framing(name).decoder()
      const stream = Buffer.concat(framing(name).encode(Buffer.alloc(size, 'x')))
      for (let count = 0; count < 300_000; count++) decoder.push(stream)
      let found = 0
      while (decoder.next() !== undefined) found++
      assert.equal(found, 300_000)
    })
  }
}
