import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runTriples } from '../../bench/triples.ts'

/** Contestants whose figures come from two lists, and which write down the order in which they ran. */
function contestants(outer: readonly number[], inner: readonly number[]) {
  const order: string[] = []
  const outers = outer.values()
  const inners = inner.values()
  return {
    order,
    outer: async () => {
      order.push('outer')
      return outers.next().value ?? Number.NaN
    },
    inner: async () => {
      order.push('inner')
      return inners.next().value ?? Number.NaN
    },
    figure: (figure: number) => figure,
  }
}

test('the inner trial always runs between two outer ones', async () => {
  const both = contestants([10, 10, 10, 10], [5, 6])
  const { kept, thrown } = await runTriples(both, { wanted: 2, most: 4 })
  assert.deepEqual(both.order, ['outer', 'inner', 'outer', 'outer', 'inner', 'outer'])
  assert.deepEqual(kept, [
    { first: 10, inner: 5, last: 10 },
    { first: 10, inner: 6, last: 10 },
  ])
  assert.deepEqual(thrown, [])
})

test('an unsteady triple is thrown away and repeated', async () => {
  const seen: [number, number][] = []
  const { kept, thrown } = await runTriples(contestants([10, 20, 10, 10], [5, 6]), {
    wanted: 1,
    most: 4,
    onTriple: (...counts) => seen.push(counts),
  })
  assert.deepEqual(thrown, [{ first: 10, inner: 5, last: 20 }])
  assert.deepEqual(kept, [{ first: 10, inner: 6, last: 10 }])
  assert.deepEqual(seen, [
    [0, 1],
    [1, 1],
  ])
})

test('repeating ends at the limit, with fewer triples than wanted', async () => {
  const { kept, thrown } = await runTriples(contestants([10, 20, 10, 20, 10, 20], [5, 5, 5]), {
    wanted: 2,
    most: 3,
  })
  assert.equal(kept.length, 0)
  assert.equal(thrown.length, 3)
})

test('a trial that fails ends the run of triples', async () => {
  const both = { ...contestants([10, 10], []), inner: () => Promise.reject(new Error('no peer')) }
  await assert.rejects(runTriples(both, { wanted: 1, most: 1 }), /no peer/)
})
