// What a program, or a tool that runs inside it, can see of its channels: node:diagnostics_channel.
import { channel as diagnostics } from 'node:diagnostics_channel'
import type { Closed } from './closed.ts'

const openedChannel = diagnostics('hutong:channel:open')
const closedChannel = diagnostics('hutong:channel:close')

/** What is told about: its `label`, `peer` and `counters` can be read at any time. */
interface Watched {
  readonly closed: Promise<Closed>
}

/** Publishes `{ channel }` on `hutong:channel:open`, and `{ channel, closed }` on `hutong:channel:close` when it is over. */
export function opened(channel: Watched): void {
  if (openedChannel.hasSubscribers) openedChannel.publish({ channel })
  channel.closed.then((closed) => {
    if (closedChannel.hasSubscribers) closedChannel.publish({ channel, closed })
  })
}
