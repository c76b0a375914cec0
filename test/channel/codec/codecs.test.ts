import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, cstring, enumeration, f64, struct, u8, u32, u64 } from 'hutong'
import { bytes, type Codec, clone, json, structs, utf8 } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'
import '../../support/leaks.ts'

const Tick = struct(
  {
    id: u32,
    at: u64,
    price: f64,
    side: enumeration(u8, { buy: 1, sell: 2 }),
    name: cstring(8),
    best: array(f64, 2),
  },
  { name: 'tick' },
)
const tick = { id: 7, at: 2n ** 63n, price: 1.5, side: 'sell', name: '茶', best: new Float64Array([1, 2]) }
class Hidden {
  toJSON(): null {
    return null
  }
}
const circle: { self?: unknown } = {}
circle.self = circle
const plain = [
  0,
  -1,
  2 ** 53,
  1.5,
  '',
  'ä',
  '🀄',
  'x'.repeat(100_000),
  true,
  false,
  [],
  {},
  [1, [2, [3]]],
  { a: { b: null } },
]
const rich = [
  ...[2n ** 63n - 1n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 200n, -(2n ** 200n) - 1n, 5n],
  ...[new Date(0), new Date(1.5e12 + 7), new Date(-1), new Date(8.64e15)],
  ...[
    new Uint8Array([1, 2]),
    new Float64Array([1.5]),
    new BigInt64Array([-1n]),
    new Uint8Array(0),
    new Set([1, 'a']),
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, { a: undefined }, [undefined], new ArrayBuffer(3), /a+/giu],
]

/** Every codec, with what it carries and what it refuses. */
const CODECS: readonly { codec: Codec<unknown>; carries: readonly unknown[]; refuses: readonly unknown[] }[] =
  [
    {
      codec: bytes as Codec<unknown>,
      carries: [new Uint8Array([1, 2, 3]), new Uint8Array(0)],
      refuses: ['a', [1], null],
    },
    {
      codec: utf8 as Codec<unknown>,
      carries: ['', 'a', '\ufeffmark', '茶🀄', 'é'.repeat(100_000)],
      refuses: ['\ud800', 'a\udc00b', 7, null, undefined],
    },
    {
      codec: json(),
      carries: [...plain, '\ud800', 'half \udc00'],
      refuses: [null, undefined, Number.NaN, () => {}, Symbol('s'), 1n, circle, { toJSON: () => null }],
    },
    {
      codec: clone(),
      carries: [...plain, ...rich, new Map([[{}, 1n]]), new RangeError('r'), circle],
      refuses: [null, undefined, () => {}, Symbol('s')],
    },
    {
      codec: structs(Tick) as Codec<unknown>,
      carries: [tick],
      refuses: [null, undefined, {}, { ...tick, id: -1 }, { ...tick, side: 'both' }, { ...tick, more: 1 }],
    },
    {
      codec: msgpack(),
      carries: [...plain, ...rich],
      refuses: [null, undefined, () => {}, Symbol('s'), circle, new Hidden(), { a: Symbol('s') }],
    },
  ]

for (const { codec, carries, refuses } of CODECS) {
  test(`${codec.name}: values arrive as they were, from memory of its own and in place`, () => {
    for (const value of carries) {
      const encoded = Uint8Array.from(codec.encode(value))
      assert.deepEqual(codec.decode(encoded.slice()), value)
      if (codec.encodeInto === undefined) continue
      for (const room of [encoded.length, encoded.length + 1, 400_000]) {
        const place = new Uint8Array(room + 8).fill(0xaa)
        const length = codec.encodeInto(value, place.subarray(4, 4 + room))
        if (length < 0) continue // some need more room than the bytes take
        assert.deepEqual(place.subarray(4, 4 + length), encoded)
        assert.deepEqual([...place.subarray(0, 4), ...place.subarray(4 + room)], Array(8).fill(0xaa))
      }
    }
  })

  test(`${codec.name}: what it cannot carry is refused when it is sent`, () => {
    for (const value of refuses) {
      const misuse = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError
      assert.throws(() => codec.encode(value), misuse)
      const into = codec.encodeInto?.bind(codec)
      if (into !== undefined) assert.throws(() => into(value, new Uint8Array(65_536)), misuse)
    }
    const [first] = carries
    assert.deepEqual(codec.decode(Uint8Array.from(codec.encode(first))), first, 'it goes on')
  })

  test(`${codec.name}: in place it says when there is too little room, and writes nothing beyond`, () => {
    for (const value of carries) {
      const { length } = codec.encode(value)
      const target = new Uint8Array(length + 4).fill(0xaa)
      if (length === 0 || codec.encodeInto === undefined) continue
      assert.equal(codec.encodeInto(value, target.subarray(0, length - 1)), -1)
      assert.deepEqual([...target.subarray(length - 1)], Array(5).fill(0xaa))
    }
  })
}

test('null and undefined are refused with the reason', () => {
  for (const { codec } of CODECS.filter(({ codec: { name } }) => /json|clone|msgpack/.test(name))) {
    assert.throws(() => codec.encode(null), {
      name: 'TypeError',
      message: /must be a value for the codec .*null/,
    })
  }
})

test('a struct of another size is no message, and its codec has its name', () => {
  const codec = structs(Tick)
  assert.equal(codec.name, 'struct:tick')
  assert.throws(() => codec.decode(new Uint8Array(Tick.size - 1)), /the struct/)
  assert.equal(structs(struct({ a: u8 })).name, 'struct:1')
})
