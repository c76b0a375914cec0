import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Child } from '../support/child.ts'
import '../support/leaks.ts'
import { cPeer, hutongPeer, pythonPeer } from '../kernel/signal/peers.ts'

type Peer = (...args: (string | number)[]) => Child
const uid = process.getuid?.() ?? 0

/** What a receiver prints of three signals that came from `pid`. */
const told = {
  hutong: (pid: number) =>
    [0, 1, 2].map((value) => `SIGRTMIN+3 SI_QUEUE from process ${pid} of user ${uid}: ${value}`),
  c: (pid: number) => [0, 1, 2].map((value) => `signal 37 code -1 pid ${pid} uid ${uid} value ${value}`),
  python: (pid: number) => [0, 1, 2].map(() => `signal 37 code -1 pid ${pid} uid ${uid}`),
}

async function meet(sender: Peer, receiver: Peer, lines: (pid: number) => string[]): Promise<void> {
  const receiving = receiver('receive', '+3', 3)
  const pid = Number(await receiving.line())
  const sending = sender('send', pid, '+3', 3)
  const sent = await sending.ended
  assert.deepEqual([sent.code, sent.stderr], [0, ''])
  const got = await receiving.ended
  assert.deepEqual([got.code, got.stderr], [0, ''])
  assert.deepEqual(got.stdout.trim().split('\n'), [`${pid}`, ...lines(sending.pid)])
}

test('signal: C sends, hutong receives', () => meet(cPeer, hutongPeer, told.hutong))
test('signal: hutong sends, C receives', () => meet(hutongPeer, cPeer, told.c))
test('signal: Python sends, hutong receives', () => meet(pythonPeer, hutongPeer, told.hutong))
test('signal: hutong sends, Python receives', () => meet(hutongPeer, pythonPeer, told.python))
