// Whatever bytes come, a decoder gives a value or an error: it neither crashes nor goes on for ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bool, cstring, enumeration, struct, u8, u32 } from 'hutong'
import { type Codec, clone, json, structs, utf8 } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'
import '../../support/leaks.ts'
import { below, type Random, seeded } from '../../support/random.ts'

const ROUNDS = 3000
const SEED = Number(process.env['HUTONG_SEED'] ?? 1)

const Odd = struct({ on: bool, kind: enumeration(u8, { one: 1 }), name: cstring(4), list: array(u32, 2) })
const sample = {
  text: 'tea 茶',
  list: [1, -2, 3.5, 2n ** 70n, new Date(5), new Float64Array(4)],
  set: new Set(['a']),
  error: new RangeError('no'),
  nested: [[[['deep']]]],
}
const CODECS: readonly [Codec<unknown>, unknown][] = [
  [utf8 as Codec<unknown>, 'tea 茶 🀄'],
  [json(), { text: 'tea 茶', list: [1, [2, { three: 3 }]] }],
  [clone(), { ...sample, map: new Map([[1, { a: 1 }]]) }],
  [structs(Odd) as Codec<unknown>, { on: true, kind: 'one', name: 'abc', list: new Uint32Array(2) }],
  [msgpack(), sample],
]

/** Bytes of a real message with some changed, cut, doubled or put in; or any bytes. */
function broken(good: Uint8Array, random: Random): Uint8Array {
  const bytes = [...good]
  for (let changes = 1 + below(random, 4); changes > 0; changes--) {
    const at = below(random, bytes.length + 1)
    const how = below(random, 4)
    if (how === 0) bytes.splice(at, 1, below(random, 256))
    else if (how === 1) bytes.splice(at, below(random, 8))
    else if (how === 2) bytes.splice(at, 0, 0xc0 + below(random, 64), below(random, 256))
    else bytes.splice(at, 0, ...bytes.slice(at, at + below(random, 16)))
  }
  return Uint8Array.from(bytes)
}

for (const [codec, value] of CODECS) {
  test(`${codec.name}: ${ROUNDS} broken messages are values or errors`, () => {
    const random = seeded(SEED)
    const good = Uint8Array.from(codec.encode(value))
    const meant = codec.decode(good.slice())
    let refused = 0
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = broken(good, random)
      try {
        codec.decode(bytes.slice())
      } catch (error) {
        assert.ok(error instanceof Error, `round ${round}: ${String(error)}`)
        refused++
      }
    }
    assert.ok(refused > ROUNDS / 10, `${refused} were refused`)
    assert.deepEqual(codec.decode(good), meant, 'the decoder is as good as new')
  })
}
