// What goes wrong in a comparison fails one row, says why, and leaves the others and the host alone.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { CleanUps } from '#src/cli/compare/cleanups.ts'
import { compare, makePlan } from '#src/cli/compare/compare.ts'
import type { Mechanism } from '#src/cli/compare/mechanism.ts'
import { mechanism as pipe } from '#src/cli/compare/mechanisms/pipe.ts'
import { mechanism as splice } from '#src/cli/compare/mechanisms/splice.ts'
import type { Comparison, Plan, Row } from '#src/cli/compare/model.ts'
import { Source } from '#src/cli/compare/source.ts'
import { mechanism as corrupt } from '../fixtures/compare/corrupt.ts'
import { type Fault, faulty } from '../fixtures/compare/faulty.ts'
import { uniquePath } from '../support/leaks.ts'

async function compared(
  mechanisms: readonly Mechanism[],
  patience = 10_000,
  changes: Partial<Plan> = {},
): Promise<Comparison> {
  const path = await uniquePath()
  writeFileSync(path, Buffer.alloc(50_000, 'hutong '))
  const source = Source.open(path)
  const cleanUps = new CleanUps()
  try {
    const choices = { source, mechanisms, rounds: 20, hold: false, patience }
    const silent = { reading() {}, row() {}, step() {} }
    return await compare({ plan: { ...(await makePlan(choices)), ...changes }, choices }, silent, cleanUps)
  } finally {
    source.close()
    assert.doesNotThrow(() => cleanUps.run())
  }
}

async function failing(fault: Fault, patience?: number): Promise<Row> {
  const found = await compared([faulty(fault)], patience)
  const [row] = found.mechanisms
  assert.ok(row !== undefined && !row.ok && !found.ok)
  return row
}

test('what arrives changed, incomplete or not at all fails its row and the whole; the others still run', async () => {
  const found = await compared([corrupt, faulty('lazy'), faulty('partial'), pipe])
  assert.equal(found.ok, false)
  assert.deepEqual(
    found.mechanisms.map((row) => row.checksum),
    ['differs', 'differs', 'differs', 'equal'],
  )
  const bad = found.mechanisms[0]
  assert.match(bad?.error ?? '', /what landed has the SHA-256 [0-9a-f]{12}…, the file has/)
  assert.notEqual(bad?.sha256, found.file.sha256)
  assert.equal(found.mechanisms[3]?.sha256, found.file.sha256)
})

test('a side that is killed is named with its signal, although the other failed because of it', async () => {
  const { error, pids } = await failing('killed')
  assert.equal(error, `the receiver (pid ${pids?.receiver}) was killed by SIGKILL`)
})

test('a side that exits is named with its status', async () => {
  assert.match((await failing('crash')).error ?? '', /^the receiver \(pid \d+\) ended with status 7$/)
})

test('a side that cannot take its end says why', async () => {
  assert.match(
    (await failing('refuses')).error ?? '',
    /^the (sender|receiver) \(pid \d+\) failed: it refuses$/,
  )
})

test('a message that comes back changed is an error', async () => {
  assert.match(
    (await failing('deaf')).error ?? '',
    /^the sender \(pid \d+\) failed: message 0 came back changed$/,
  )
})

test('when nothing moves any more, both sides are ended', async () => {
  assert.match((await failing('stuck', 300)).error ?? '', /^nothing moved for 0\.3 s; both sides were ended$/)
})

test('a mechanism whose objects cannot be made fails its row', async () => {
  const broken: Mechanism = {
    ...pipe,
    prepare() {
      throw new Error('no such thing here')
    },
  }
  const [row] = (await compared([broken])).mechanisms
  assert.equal(row?.error, 'no such thing here')
})

test('what does not fit into memory lands on the disk, and is checked there', async () => {
  const found = await compared([splice, faulty('partial')], undefined, {
    destination: 'disk',
    passes: 1,
    warmUp: false,
  })
  assert.deepEqual(
    found.mechanisms.map(({ checksum, seconds }) => [checksum, seconds.length]),
    [
      ['equal', 1],
      ['differs', 1],
    ],
  )
})
