// The calls of sockets, as the classes never make them: every errno of their man pages that can be provoked.
import assert from 'node:assert/strict'
import { openSync } from 'node:fs'
import { test } from 'node:test'
import * as sys from 'hutong/sys'
import { cleanUp, uniqueName } from '../support/leaks.ts'

const { constants } = sys

type Case = readonly [what: string, code: string, call: () => number]

function table(cases: readonly Case[]): void {
  for (const [what, code, call] of cases) assert.equal(sys.errnoName(call()), code, what)
}

function owned(number: number): number {
  const fd = new sys.Fd(number)
  cleanUp(() => fd.close())
  return number
}

function plain(type: number): number {
  return owned(sys.must(sys.socket(constants.AF_UNIX, type | constants.SOCK_CLOEXEC, 0), 'socket'))
}

/** One of two joined sockets. */
function pair(type: number): number {
  const two = new Int32Array(2)
  sys.must(sys.socketpair(constants.AF_UNIX, type, two), 'socketpair')
  owned(two[1] ?? -1)
  return owned(two[0] ?? -1)
}

test('every errno of the calls of sockets, on Unix sockets', () => {
  const { AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOL_SOCKET, MSG_DONTWAIT, MSG_NOSIGNAL } =
    constants
  const two = new Int32Array(2)
  const name = (text: string): Uint8Array => {
    const bytes = new Uint8Array(3 + text.length)
    new Uint16Array(bytes.buffer, 0, 1)[0] = AF_UNIX
    bytes.set(Buffer.from(text), 3)
    return bytes
  }
  const free = name(uniqueName())
  const address = name(uniqueName())
  const listener = plain(SOCK_STREAM)
  sys.must(sys.bind(listener, address), 'bind')
  sys.must(sys.listen(listener, 1), 'listen')
  const bound = plain(SOCK_DGRAM)
  sys.must(sys.bind(bound, name(uniqueName())), 'bind')
  const one = pair(SOCK_SEQPACKET)
  const stream = pair(SOCK_STREAM)
  const value = new Int32Array(1)
  const file = owned(openSync('/dev/null', 'r+'))
  const unbound = plain(SOCK_STREAM)
  const about = new Int32Array(sys.ABOUT.first)
  const now = MSG_DONTWAIT | MSG_NOSIGNAL
  const OUT_OF_BAND = 1
  table([
    ['socket: family', 'EAFNOSUPPORT', () => sys.socket(250, SOCK_STREAM, 0)],
    ['socket: type', 'EINVAL', () => sys.socket(AF_UNIX, 0x7f00, 0)],
    ['socket: kind', 'ESOCKTNOSUPPORT', () => sys.socket(AF_UNIX, 9, 0)],
    ['socket: protocol', 'EPROTONOSUPPORT', () => sys.socket(AF_UNIX, SOCK_STREAM, 77)],
    ['socketpair: family', 'EOPNOTSUPP', () => sys.socketpair(constants.AF_INET, SOCK_STREAM, two)],
    ['bind: again', 'EINVAL', () => sys.bind(bound, free)],
    ['bind: length', 'EINVAL', () => sys.bind(unbound, new Uint8Array(1))],
    ['bind: too long', 'EINVAL', () => sys.bind(unbound, new Uint8Array(120))],
    ['bind: family', 'EINVAL', () => sys.bind(unbound, new Uint8Array(16))],
    ['listen: no name', 'EINVAL', () => sys.listen(unbound, 1)],
    ['listen: datagrams', 'EOPNOTSUPP', () => sys.listen(bound, 1)],
    ['accept: does not listen', 'EINVAL', () => sys.accept4(unbound, 0)],
    ['accept: datagrams', 'EOPNOTSUPP', () => sys.accept4(bound, 0)],
    ['accept: flags', 'EINVAL', () => sys.accept4(listener, 1)],
    ['connect: again', 'EISCONN', () => sys.connect(stream, address)],
    ['connect: a listener', 'EINVAL', () => sys.connect(listener, address)],
    ['connect: family', 'EINVAL', () => sys.connect(unbound, new Uint8Array(16))],
    [
      'sendmsg: connected, and to another',
      'EISCONN',
      () => sys.sendmsg(stream, [value], now, undefined, undefined, free),
    ],
    ['sendmsg: a listener', 'ENOTCONN', () => sys.sendmsg(listener, [value], now)],
    ['sendmsg: out of band', 'EOPNOTSUPP', () => sys.sendmsg(one, [value], now | OUT_OF_BAND)],
    ['recvmsg: out of band', 'EOPNOTSUPP', () => sys.recvmsg(one, [value], now | OUT_OF_BAND, about, 0)],
    ['recvmsg: a listener', 'EINVAL', () => sys.recvmsg(listener, [value], now, about, 0)],
    ['recvmsg: nothing there', 'EAGAIN', () => sys.recvmsg(one, [value], now, about, 0)],
    [
      'recvmsg: packets, not connected',
      'ENOTCONN',
      () => sys.recvmsg(plain(SOCK_SEQPACKET), [value], now, about, 0),
    ],
    ['getsockopt: option', 'ENOPROTOOPT', () => sys.getsockopt(one, SOL_SOCKET, 9999, value)],
    ['getsockopt: level', 'EOPNOTSUPP', () => sys.getsockopt(one, 9999, 1, value)],
    [
      'setsockopt: too short',
      'EINVAL',
      () => sys.setsockopt(one, SOL_SOCKET, constants.SO_SNDBUF, new Uint8Array(1)),
    ],
    ['shutdown: how', 'EINVAL', () => sys.shutdown(one, 9)],
    ['getpeername: unconnected', 'ENOTCONN', () => sys.getpeername(plain(SOCK_DGRAM), name('x'))],
    ...[['ENOTSOCK', file] as const, ['EBADF', 0x7ffffff] as const].flatMap(([code, fd]): Case[] => [
      ['bind', code, () => sys.bind(fd, free)],
      ['connect', code, () => sys.connect(fd, free)],
      ['listen', code, () => sys.listen(fd, 1)],
      ['accept4', code, () => sys.accept4(fd, 0)],
      ['shutdown', code, () => sys.shutdown(fd, 0)],
      ['getsockname', code, () => sys.getsockname(fd, name('x'))],
      ['getpeername', code, () => sys.getpeername(fd, name('x'))],
      ['getsockopt', code, () => sys.getsockopt(fd, SOL_SOCKET, constants.SO_TYPE, value)],
      ['setsockopt', code, () => sys.setsockopt(fd, SOL_SOCKET, constants.SO_PASSCRED, value)],
      ['sendmsg', code, () => sys.sendmsg(fd, [value], now)],
      ['recvmsg', code, () => sys.recvmsg(fd, [value], now, about, 0)],
      ['sendmmsg', code, () => sys.sendmmsg(fd, new Uint8Array(4), new Uint32Array(1), 0, 1, now)],
      ['recvmmsg', code, () => sys.recvmmsg(fd, new Uint8Array(4), new Uint32Array(1), 0, 1, now)],
    ]),
  ])
})
