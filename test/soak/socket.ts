// Unix sockets: aborts that race with packets lose none, and connections that come and go leave nothing.
import assert from 'node:assert/strict'
import { Pipe, UnixListener, UnixSocket } from 'hutong'
import { descriptors } from '../support/process.ts'
import { below, type Random } from '../support/random.ts'
import { raceAborts } from '../support/socket-race.ts'
import type { Soak } from './soak.ts'

export const socketAbortSoak: Soak = {
  name: 'socket-abort',
  slice: 1,
  round: (random) => raceAborts(random, 1000),
}

/** A connection that ends at any moment: unaccepted, with bytes or descriptors under way, while a receive waits. */
async function cycle(listener: UnixListener, random: Random): Promise<void> {
  const client = await UnixSocket.connect(listener.name ?? '')
  const kind = below(random, 5)
  if (kind === 1) client.writeSync('unread')
  if (kind === 2) {
    using pipe = Pipe.create()
    client.sendSync('x', { descriptors: Array(1 + below(random, 253)).fill(pipe.reader) })
  }
  if (kind === 3) client.close()
  using server = await listener.accept()
  const receiving = below(random, 2) === 0 ? server.receive({ descriptors: below(random, 10) }) : undefined
  if (kind === 4) server.close()
  client.close()
  const got = await receiving?.catch((error) => assert.match(error.code, /^(EBADF|ECONNRESET)$/))
  for (const fd of got?.descriptors ?? []) fd.close()
}

let before: number | undefined

export const socketCycleSoak: Soak = {
  name: 'socket-connections',
  slice: 1,
  async round(random) {
    using listener = UnixListener.listen(undefined)
    for (let index = 0; index < 200; index++) await cycle(listener, random)
    before ??= descriptors().size
    assert.equal(descriptors().size, before)
  },
}
