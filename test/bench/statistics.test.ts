import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drift, isSteady, judge, quantile, ratioOf, summarize } from '../../bench/statistics.ts'

test('a quantile lies between the two nearest values', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5)
  assert.equal(quantile([3, 1, 2], 0.5), 2)
  assert.equal(quantile([10, 20, 30, 40, 50], 0.25), 20)
  assert.equal(quantile([10, 20], 0.75), 17.5)
  assert.equal(quantile([7], 0.99), 7)
})

test('values are ordered as numbers, and the caller keeps his order', () => {
  const values = [100, 9, 20]
  assert.equal(quantile(values, 0), 9)
  assert.deepEqual(values, [100, 9, 20])
})

test('a summary names count, median, quartiles and ends', () => {
  assert.deepEqual(summarize([5, 1, 4, 2, 3]), { count: 5, median: 3, q1: 2, q3: 4, min: 1, max: 5 })
})

test('a summary of nothing has count 0 and no median', () => {
  const summary = summarize([])
  assert.equal(summary.count, 0)
  assert.ok(Number.isNaN(summary.median))
})

test('drift is the share by which the outer trials differ, in either order', () => {
  assert.ok(Math.abs(drift({ first: 100, inner: 1, last: 110 }) - 0.1) < 1e-12)
  assert.ok(Math.abs(drift({ first: 110, inner: 1, last: 100 }) - 0.1) < 1e-12)
})

test('a triple whose outer trials are more than 15 percent apart is not steady', () => {
  assert.equal(isSteady({ first: 100, inner: 50, last: 114.9 }), true)
  assert.equal(isSteady({ first: 100, inner: 50, last: 115.1 }), false)
  assert.equal(isSteady({ first: 115.1, inner: 50, last: 100 }), false)
})

test('the ratio is the inner trial over the mean of the outer two', () => {
  assert.equal(ratioOf({ first: 90, inner: 80, last: 110 }), 0.8)
})

test('a verdict needs nine steady triples', () => {
  const ratios = (count: number, ratio: number) => summarize(Array.from({ length: count }, () => ratio))
  assert.equal(judge(ratios(9, 0.8), 0.8), 'met')
  assert.equal(judge(ratios(9, 0.79), 0.8), 'missed')
  assert.equal(judge(ratios(8, 2), 0.8), 'undecided')
  assert.equal(judge(ratios(0, 2), 0.8), 'undecided')
})
