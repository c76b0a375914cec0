// Waiting until a datagram socket that we are not connected to has room. poll(2) tells that only of a socket which is
// connected to it, so a second socket of ours is, for as long as somebody waits.
import { constants } from '../../sys/constants.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import type { Fd } from '../../sys/fd.ts'
import { poll } from '../../sys/file.ts'
import { connect } from '../../sys/socket.ts'
import { checkOptions, type SyncOptions, type WaitOptions } from '../../wait/options.ts'
import { type Attempt, Readiness } from '../../wait/readiness.ts'
import { deadlineOf, pollUntil } from '../../wait/sync.ts'
import { openSocket } from './connect.ts'

// What an attempt answers when not the receiver but our own send buffer is full.
const OWN_IS_FULL = Number.MAX_SAFE_INTEGER

interface Lane {
  readonly fd: Fd
  readonly readiness: Readiness
  users: number
}

/** Where the packets of one socket go. */
export class Lanes {
  readonly #own: Fd
  readonly #ready: Readiness
  readonly #lanes = new Map<string, Lane>()

  constructor(own: Fd, ready: Readiness) {
    this.#own = own
    this.#ready = ready
    const lanes = this.#lanes
    own.beforeClose(() => {
      for (const { fd } of lanes.values()) fd.close()
      lanes.clear()
    })
  }

  /** Runs `attempt`, a send to `address`, until it succeeds; sends to one address in the order in which they came. */
  async send(address: Uint8Array, attempt: Attempt, options: WaitOptions | undefined): Promise<number> {
    checkOptions(options)
    if (!this.#lanes.has(keyOf(address))) {
      const sent = attempt()
      if (sent !== EAGAIN) return sent
    }
    for (;;) {
      const lane = this.#lane(address)
      lane.users++
      try {
        const sent = await lane.readiness.whenWritable(() => this.#telling(attempt), options)
        if (sent !== OWN_IS_FULL) return sent
      } finally {
        this.#leave(address, lane)
      }
      await this.#ready.whenWritable(() => (isWritable(this.#own) ? 1 : EAGAIN), options)
    }
  }

  /** As `send`, blocking this thread. */
  sendSync(address: Uint8Array, attempt: Attempt, options: SyncOptions | undefined): number {
    const deadline = deadlineOf(options)
    let sent = attempt()
    if (sent !== EAGAIN) return sent
    using fd = open(address)
    for (; sent === EAGAIN; sent = attempt()) {
      pollUntil(isWritable(this.#own) ? fd.number : this.#own.number, constants.POLLOUT, deadline, this.#own)
    }
    return sent
  }

  #telling(attempt: Attempt): number {
    const sent = attempt()
    return sent === EAGAIN && !isWritable(this.#own) ? OWN_IS_FULL : sent
  }

  #lane(address: Uint8Array): Lane {
    const key = keyOf(address)
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const fd = open(address)
    const lane = { fd, readiness: new Readiness(fd), users: 0 }
    this.#lanes.set(key, lane)
    return lane
  }

  #leave(address: Uint8Array, lane: Lane): void {
    if (--lane.users > 0) return
    this.#lanes.delete(keyOf(address))
    lane.fd.close()
  }
}

function keyOf(address: Uint8Array): string {
  return Buffer.from(address).toString('latin1')
}

function open(address: Uint8Array): Fd {
  const fd = openSocket(constants.SOCK_DGRAM, 'Unix datagram socket')
  const answer = connect(fd.number, address)
  if (answer < 0) fd.close()
  must(answer, 'connect')
  return fd
}

function isWritable(fd: Fd): boolean {
  return poll(fd.number, constants.POLLOUT, 0) > 0
}
