import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FRAME_HEADER, FrameScratch } from '#src/channel/queue/frame.ts'

test('memory for one long job is not kept for short ones', () => {
  const scratch = new FrameScratch()
  const lengths = [10, 1000, 5_000_000, 20, 600_000, 30]
  for (const length of lengths) {
    const body = new Uint8Array(length).fill(length)
    const frame = scratch.of(body)
    assert.deepEqual(frame.subarray(FRAME_HEADER), body)
    assert.ok(frame.buffer.byteLength <= Math.max(2 ** 20, length + FRAME_HEADER))
  }
})
