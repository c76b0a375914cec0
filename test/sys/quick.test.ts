// The address of memory that is used again and again is remembered: never longer than it is valid.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Mapping, Pipe, type PipeReader, type PipeWriter } from 'hutong'
import { cleanUp } from '../support/leaks.ts'

// Younger than the library the compiler is told of.
interface Resizable extends ArrayBuffer {
  resize(length: number): void
}
const ResizableBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { readonly maxByteLength: number },
) => Resizable
const { Memory } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Memory: new (size: {
        readonly initial: number
      }) => { readonly buffer: ArrayBuffer; grow(pages: number): void }
    }
  }
).WebAssembly

let reader: PipeReader
let writer: PipeWriter

beforeEach(() => {
  const pipe = Pipe.create()
  ;({ reader, writer } = pipe)
  cleanUp(() => pipe.close())
})

/** Writes `bytes` until their address is known, and checks what arrives. */
function writeOften(bytes: Uint8Array): void {
  for (let i = 0; i < 4; i++) {
    bytes.fill(i + 1)
    assert.equal(writer.writeSync(bytes), bytes.length)
    assert.deepEqual(new Uint8Array(reader.readSync() ?? []), new Uint8Array(bytes))
  }
}

test('memory of every kind is written and read in place', async () => {
  for (const memory of [
    new Uint8Array(8),
    new Uint8Array(new SharedArrayBuffer(8)),
    Buffer.alloc(8),
    Buffer.from('pooled!!'),
    new Uint8Array(new ArrayBuffer(100), 50, 8),
  ]) {
    writeOften(memory)
    for (let i = 0; i < 4; i++) {
      writer.writeSync(new Uint8Array(8).fill(100 + i))
      assert.equal(i % 2 === 0 ? reader.readIntoSync(memory) : await reader.readInto(memory), 8)
      assert.ok(memory.every((byte) => byte === 100 + i))
    }
  }
})

test('memory that has been transferred away is empty', () => {
  const bytes = new Uint8Array(64)
  writeOften(bytes)
  const moved = structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  assert.equal(writer.writeSync(bytes), 0)
  assert.throws(() => reader.readIntoSync(bytes), { name: 'RangeError', message: /^target/ })
  writeOften(new Uint8Array(moved))
})

test('memory that changes its length is written in its length', () => {
  const buffer = new ResizableBuffer(64, { maxByteLength: 8192 })
  const [all, first] = [new Uint8Array(buffer), new Uint8Array(buffer, 0, 64)]
  for (const length of [64, 32, 8192, 64]) {
    buffer.resize(length)
    assert.equal(all.length, length)
    writeOften(all)
  }
  writeOften(first)
  buffer.resize(8)
  assert.equal(writer.writeSync(first), 0) // out of its buffer's bounds
  buffer.resize(64)
  writeOften(first)
})

test('memory of WebAssembly that grows is empty', () => {
  const memory = new Memory({ initial: 1 })
  const bytes = new Uint8Array(memory.buffer, 0, 64)
  writeOften(bytes)
  memory.grow(1)
  assert.equal(writer.writeSync(bytes), 0)
})

test('a mapping that has been closed is empty', () => {
  const mapping = Mapping.anonymous(4096)
  const bytes = mapping.bytes.subarray(0, 64)
  writeOften(bytes)
  mapping.close()
  assert.equal(writer.writeSync(bytes), 0)
})

test('two pieces of memory taken in turn do not get mixed up', () => {
  const [a, b] = [new Uint8Array(16).fill(1), new Uint8Array(24).fill(2)]
  for (let i = 0; i < 20; i++) {
    const bytes = i % 3 === 0 ? a : b
    assert.equal(writer.writeSync(bytes), bytes.length)
    assert.deepEqual([...(reader.readSync() ?? [])], [...bytes])
  }
})
