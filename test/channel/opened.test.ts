import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { type Channel, type Closed, channelPair, connect } from 'hutong/channel'
import '../support/leaks.ts'

test('a tool in the process is told of channels, and can read their counters', async () => {
  const told: string[] = []
  const channels: Channel<unknown>[] = []
  const onOpen = (message: unknown): void => {
    const { channel } = message as { readonly channel: Channel<unknown> }
    told.push(`open ${channel.label}`)
    channels.push(channel)
  }
  const onClose = (message: unknown): void => {
    const { channel, closed } = message as { readonly channel: Channel<unknown>; readonly closed: Closed }
    told.push(`${closed.reason} ${channels.indexOf(channel)}, ${channel.counters.received.messages} received`)
  }
  subscribe('hutong:channel:open', onOpen)
  subscribe('hutong:channel:close', onClose)
  const [near, remote] = channelPair()
  const far = await connect(remote.detach())
  await near.send(Uint8Array.of(1, 2, 3))
  await far.receive()
  assert.deepEqual(channels[1]?.counters.received, { messages: 1, bytes: 3, waits: 0, wakes: 0 })
  near.destroy()
  assert.equal(await far.receive(), null)
  await Promise.all([near.closed, far.closed])
  await Promise.resolve()
  assert.deepEqual(told.slice(0, 2), ['open channel pair', `open ${far.label}`])
  assert.deepEqual(told.slice(2).sort(), ['closed 0, 0 received', 'peer-closed 1, 1 received'])
  far.destroy()
  unsubscribe('hutong:channel:open', onOpen)
  unsubscribe('hutong:channel:close', onClose)
})
