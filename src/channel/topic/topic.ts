// `publish` and `subscribe`: how a publisher and its subscribers find each other.
import type { Address, AddressOf } from '../../address/address.ts'
import { parseAddress } from '../../address/parse.ts'
import { UnixListener } from '../../kernel/socket/listener.ts'
import { UnixSocket } from '../../kernel/socket/socket.ts'
import type { WaitOptions } from '../../wait/options.ts'
import type { Codec } from '../codec.ts'
import { POLICY, type Policy } from '../shm/log-layout.ts'
import { socketPath } from '../shm/names.ts'
import { checkCapacity } from '../shm/rendezvous.ts'
import { checkSpin } from '../shm/wake.ts'
import { Undo } from '../undo.ts'
import { Publisher } from './publisher.ts'
import { TopicSink } from './sink.ts'
import { TopicSource } from './source.ts'
import { Subscriber } from './subscriber.ts'
import { meet } from './welcome.ts'

/** Options of `publish`. They win over those of the address. */
export interface PublishOptions<T> {
  readonly codec: Codec<T>
  /**
   * What happens when the log is full of messages that a subscriber has not read: `overwrite` (the default) writes over the
   * oldest, and the subscriber counts its loss; `drop` drops the new message, for all, and counts it; `block` waits for the
   * slowest, also for one that is stopped.
   */
  readonly policy?: Policy | undefined
  /** Bytes the log holds: rounded up to a power of two, 4 KiB to 1 GiB. Default 1 MiB. */
  readonly capacity?: number | undefined
  /** Permissions of the socket's path: who may not write may not subscribe. Default 0o600. */
  readonly mode?: number | undefined
  /** Microseconds that `send` stays awake while it waits for room. Default 50; 0 with a single processor. */
  readonly spin?: number | undefined
}

/** Options of `subscribe`. */
export interface SubscribeOptions<T> extends WaitOptions {
  readonly codec: Codec<T>
  /** `now` (the default): what is published from now on. `oldest`: first all that the log still has. */
  readonly from?: 'now' | 'oldest' | undefined
  /** `count` (the default): `lost` counts. `error`: `receive` also throws LostMessagesError where messages are missing. */
  readonly loss?: 'count' | 'error' | undefined
  /** Microseconds this end stays awake after traffic, as of channels. Default 50; 0 with a single processor. */
  readonly spin?: number | undefined
}

const DEFAULT_CAPACITY = 2 ** 20

/**
 * Opens a topic under `shm:/path` or `shm:name`: one publisher, any number of subscribers. A path left behind by a publisher
 * that was killed is taken over. EADDRINUSE: somebody publishes there; EACCES, ENOENT of the folder.
 */
export function publish<T>(address: string | Address, options: PublishOptions<T>): Publisher<T> {
  const { codec, policy = 'overwrite' } = options
  const { shm, label } = topicAddress(address)
  if (!Object.hasOwn(POLICY, policy)) {
    throw new TypeError(`policy must be one of ${Object.keys(POLICY).join(', ')}, not ${String(policy)}`)
  }
  const capacity = checkCapacity(options.capacity ?? shm.options.capacity ?? DEFAULT_CAPACITY)
  const spin = checkSpin(options.spin ?? shm.options.spin)
  const mode = options.mode ?? shm.options.mode ?? 0o600
  using undo = new Undo()
  const sink = undo.use(new TopicSink({ label, codec: codec.name, capacity, policy, spin }))
  const listener = UnixListener.listen(socketPath(shm, true), { mode, replaceStale: true })
  undo.keep()
  return new Publisher(sink, listener, codec)
}

/**
 * Subscribes to a topic. ENOENT, ECONNREFUSED: nobody publishes there. EACCES. HandshakeError: it is no topic, or one of
 * another codec.
 */
export async function subscribe<T>(
  address: string | Address,
  options: SubscribeOptions<T>,
): Promise<Subscriber<T>> {
  const { codec, from = 'now', loss = 'count' } = options
  const { shm, label } = topicAddress(address)
  checkOneOf('from', from, ['now', 'oldest'])
  checkOneOf('loss', loss, ['count', 'error'])
  const spin = checkSpin(options.spin ?? shm.options.spin)
  const socket = await UnixSocket.connect(socketPath(shm, false), options)
  const ticket = await meet(socket, { label, codec: codec.name }, options)
  return new Subscriber(new TopicSource(ticket, { label, from, strict: loss === 'error', spin }), codec)
}

function topicAddress(address: string | Address): { shm: AddressOf<'shm'>; label: string } {
  const parsed = typeof address === 'string' ? parseAddress(address) : address
  if (parsed.kind !== 'shm') {
    throw new TypeError(`address must be shm:/path or shm:name for a topic, not ${parsed.kind}`)
  }
  return { shm: parsed, label: `shm:${'path' in parsed ? parsed.path : parsed.name}` }
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return
  throw new TypeError(`${name} must be ${allowed.join(' or ')}, not ${String(value)}`)
}
