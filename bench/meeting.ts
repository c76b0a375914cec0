// Where the two sides of a trial meet: made by the runner, passed to both as descriptors or by path, and dropped here
// as soon as both have been started.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventFd, Fifo, Memfd, Pipe, UnixDatagram, UnixSocket } from 'hutong'
import type { Contest, SocketMechanism } from './case.ts'
import { overPosixQueues, overPosixSemaphores, overSysvQueues, overSysvSemaphores } from './meeting-ipc.ts'
import { mappingSize } from './sides/ring-layout.ts'

export interface Meeting {
  /** Descriptors from 3 upwards of the side that speaks first, and of the other. */
  readonly first: readonly number[]
  readonly second: readonly number[]
  /** The last word of both command lines. */
  readonly extra: string
  /** After both sides have been started: what the runner must not keep open. */
  release(): void
  /** After the trial. */
  remove(): void
}

/** Pipes from 64 KiB messages upwards hold 1 MiB; below, what the kernel gives. */
export const LARGE = 65536
export const LARGE_CAPACITY = 1 << 20

export function nothing(): void {}

function overPipes(size: number): Meeting {
  const options = size >= LARGE ? { capacity: LARGE_CAPACITY } : {}
  const there = Pipe.create(options)
  const back = Pipe.create(options)
  return {
    first: [back.reader.inherit(), there.writer.inherit()],
    second: [there.reader.inherit(), back.writer.inherit()],
    extra: '-',
    release() {
      there.close()
      back.close()
    },
    remove: nothing,
  }
}

function overFifos(): Meeting {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  for (const name of ['there', 'back']) Fifo.create(join(directory, name))
  return {
    first: [],
    second: [],
    extra: directory,
    release: nothing,
    remove: () => rmSync(directory, { recursive: true }),
  }
}

/** Spinning needs a processor for each side; where they share one, both sleep on an eventfd. */
function overMapping(size: number, spin: boolean): Meeting {
  const memory = Memfd.create('hutong-bench', { size: mappingSize(size) })
  const bells = [EventFd.create(), EventFd.create()] as const
  const numbers = bells.map((bell) => bell.fd)
  return {
    first: [memory.fd, ...numbers],
    second: [memory.fd, ...numbers.toReversed()],
    extra: spin ? 'spin' : 'sleep',
    release() {
      memory.close()
      for (const bell of bells) bell.close()
    },
    remove: nothing,
  }
}

/** A pair of connected sockets, used both ways. */
function overSockets(mechanism: SocketMechanism): Meeting {
  const [type = ''] = mechanism.split('-')
  const [one, other] =
    type === 'dgram'
      ? UnixDatagram.pair()
      : UnixSocket.pair({ type: type === 'seqpacket' ? 'seqpacket' : 'stream' })
  return {
    first: [one.inherit()],
    second: [other.inherit()],
    extra: '-',
    release() {
      one.close()
      other.close()
    },
    remove: nothing,
  }
}

/** Each side makes a socket in the directory, and tells the other over pipes. */
function overNames(): Meeting {
  const directory = mkdtempSync(join(tmpdir(), 'hutong-bench-'))
  return { ...overPipes(0), extra: directory, remove: () => rmSync(directory, { recursive: true }) }
}

export function arrange(contest: Contest, cpus: number): Meeting {
  switch (contest.mechanism) {
    case 'pipe':
      return overPipes(contest.size)
    case 'fifo':
      return overFifos()
    case 'signal':
      return overPipes(0) // by which the sides tell each other their pids
    case 'mapping':
      return overMapping(contest.size, contest.placement !== 'one-core' && cpus > 1)
    case 'unix':
    case 'seqpacket':
    case 'dgram':
    case 'seqpacket-batch':
    case 'dgram-batch':
    case 'descriptor':
      return overSockets(contest.mechanism)
    case 'dgram-named':
      return overNames()
    case 'sysv-mq':
      return overSysvQueues()
    case 'posix-mq':
      return overPosixQueues(contest)
    case 'sysv-sem':
      return overSysvSemaphores()
    case 'posix-sem':
      return overPosixSemaphores()
  }
}
