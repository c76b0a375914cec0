import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type Codec, channelPair, connect } from 'hutong/channel'
import { msgpack } from 'hutong/msgpack'
import { cleanUp, uniquePath } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

const codec = msgpack<unknown>()
const encoded = (value: unknown): Uint8Array => Uint8Array.from(codec.encode(value))
const again = (value: unknown): unknown => codec.decode(encoded(value))

test('the bytes are plain MessagePack, as any other language reads them', () => {
  assert.deepEqual(
    Buffer.from(encoded({ id: 1, name: 'tea', open: true })).toString('hex'),
    'de0003a2696401a46e616d65a3746561a46f70656ec3',
  )
  assert.deepEqual(Buffer.from(encoded(new Uint8Array([1, 2, 3]))).toString('hex'), 'c403010203')
  assert.deepEqual(encoded(Buffer.from([1, 2, 3])), encoded(new Uint8Array([1, 2, 3])))
  assert.deepEqual(Buffer.from(encoded(new Date(1000))).toString('hex'), 'd6ff00000001')
})

test('any MessagePack of a peer is read: all sizes of integers, text, arrays and maps', () => {
  const hex: readonly [string, unknown][] = [
    ['83a16101a1629203c0a163c2', { a: 1, b: [3, null], c: false }],
    ['cc80', 128],
    ['d0ff', -1],
    ['cf8000000000000000', 2n ** 63n],
    ['d3ffffffffffffffff', -1n],
    ['ca3fc00000', 1.5],
    ['d903e88cb6', '茶'],
    ['dd0000000101', [1]],
    ['df0000000101a178', { 1: 'x' }],
    ['c403010203', new Uint8Array([1, 2, 3])],
    ['d6ff00000001', new Date(1000)],
  ]
  for (const [bytes, value] of hex) assert.deepEqual(codec.decode(Buffer.from(bytes, 'hex')), value, bytes)
})

test('a Map arrives as an object, half a surrogate pair as U+FFFD, an invalid date as one, an error with its cause', () => {
  assert.deepEqual(again(new Map([['a', 1]])), { a: 1 })
  assert.match(String(again('\ud800')), /^\ufffd+$/)
  assert.ok(Number.isNaN((again(new Date(Number.NaN)) as Date).getTime()))
  const error = again(new RangeError('no', { cause: 'why' })) as RangeError
  assert.ok(error instanceof RangeError)
  assert.deepEqual([error.message, error.cause], ['no', 'why'])
})

test('what a message holds is not touched when the next one is decoded into the same memory', () => {
  const memory = encoded({ data: new Uint8Array([1, 2, 3]), text: 'x'.repeat(100) })
  const first = codec.decode(memory) as { data: Uint8Array; text: string }
  memory.fill(0)
  assert.deepEqual([first.data, first.text], [new Uint8Array([1, 2, 3]), 'x'.repeat(100)])
})

test('a value whose toJSON encodes another one is encoded right, in place too', () => {
  class Sends {
    toJSON(): unknown {
      return codec.encodeInto?.({ inner: 'y'.repeat(3000) }, new Uint8Array(65_536))
    }
  }
  const value = { before: 'a'.repeat(200), sends: new Sends(), after: 'b'.repeat(200) }
  const place = new Uint8Array(65_536)
  const length = codec.encodeInto?.(value, place) ?? -1
  assert.deepEqual(codec.decode(place.subarray(0, length)), { ...value, sends: 3012 })
  assert.deepEqual(again(value), { ...value, sends: 3012 })
})

test('an object of 3 MB and thousands of messages in place are encoded right', () => {
  const big = { rows: Array.from({ length: 60_000 }, (_, id) => ({ id, name: `row ${id}` })) }
  assert.deepEqual(again(big), big)
  const place = new Uint8Array(20_000)
  for (let id = 0; id < 2000; id++) {
    const value = { id, text: 'é'.repeat(id) }
    const length = codec.encodeInto?.(value, place) ?? -1
    if (length >= 0) assert.deepEqual(codec.decode(place.slice(0, length)), value)
    else assert.ok(id * 6 + 100 > place.length, `${id} did not fit`)
  }
})

test('over shared memory messages of all lengths arrive as they were; long ones are encoded in the ring', async () => {
  let inPlace = 0
  const counted: Codec<unknown> = {
    ...codec,
    encodeInto(value: unknown, target: Uint8Array): number {
      const length = codec.encodeInto?.(value, target) ?? -1
      if (length >= 0 && target.length >= 16_384) inPlace++
      return length
    },
  }
  const [near, remote] = channelPair({ codec: counted, capacity: 2 ** 20 })
  cleanUp(() => near.destroy())
  const far = await connect<unknown>(remote.detach(), { codec })
  cleanUp(() => far.destroy())
  const value = (id: number): unknown => ({
    id,
    text: 'é'.repeat((id * 37) % 9000),
    data: new Uint8Array(id).fill(id),
  })
  const sending = (async () => {
    for (let id = 0; id < 600; id++) await near.send(value(id))
    await near.close()
  })()
  let id = 0
  for await (const message of far) assert.deepEqual(message, value(id++))
  await sending
  assert.equal(id, 600)
  assert.ok(inPlace > 300, `${inPlace} of ${id} in place`)
})

const HOSTILE: readonly [string, string, RegExp][] = [
  ['a record of msgpackr', 'd4724091a161', /extension of type 114/],
  ['a reference', 'd67000000001', /extension of type 112/],
  ['a numbered value', 'd6690000000101', /extension of type 105/],
  ['bundled strings', 'd66200000000', /extension of type 98/],
  ['an error named valueOf', 'd4650093a776616c75654f66c0c0', /an error without a name/],
  ['an array of 4 billion', 'ddffffffff', /1 bytes are missing/],
  ['a map of 4 billion', 'dfffffffff', /1 bytes are missing/],
  ['a text that is cut off', 'db7fffffff61', /bytes are missing/],
  ['a second value', '0101', /1 bytes behind the value/],
  ['nothing', '', /1 bytes are missing/],
  ['0xc1', 'c1', /0xc1/],
  ['513 levels', `${'91'.repeat(513)}01`, /levels deep/],
]

for (const [what, hex, why] of HOSTILE) {
  test(`a peer that sends ${what} is refused`, () => {
    assert.throws(() => codec.decode(Buffer.from(hex, 'hex')), why)
  })
}

test('__proto__ of a peer changes no prototype', () => {
  const value = codec.decode(Buffer.from('81a95f5f70726f746f5f5f81a16101', 'hex')) as { a?: unknown }
  assert.equal(value.a, undefined)
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
})

test('without msgpackr the error says what to install, and the rest of hutong works', async () => {
  const folder = await uniquePath()
  const there = join(folder, 'node_modules/hutong')
  mkdirSync(join(there, 'dist'), { recursive: true })
  for (const part of ['dist/bundle', 'prebuilds'])
    cpSync(join(root, part), join(there, part), { recursive: true })
  copyFileSync(join(root, 'package.json'), join(there, 'package.json'))
  const program = join(dirname(there), 'program.mjs')
  copyFileSync(join(root, 'test/fixtures/channel/without-msgpackr.mjs'), program)
  const output = execFileSync(process.execPath, [program], { encoding: 'utf8' })
  assert.equal(
    output,
    'json works\nERR_MISSING_PACKAGE: the codec msgpack needs the package msgpackr: npm install msgpackr\n',
  )
})
