// Topics of the public package, closed when the test ends.
import {
  bytes,
  type Publisher,
  type PublishOptions,
  publish,
  type SubscribeOptions,
  type Subscriber,
  subscribe,
} from 'hutong/channel'
import { cleanUp, uniquePath } from './leaks.ts'
import { numberOf } from './topic-message.ts'

/** A publisher of bytes. */
export async function open(
  options: Partial<PublishOptions<Uint8Array>> = {},
): Promise<{ address: string; publisher: Publisher<Uint8Array> }> {
  const address = `shm:${await uniquePath()}`
  const publisher = publish(address, { codec: bytes, ...options })
  cleanUp(() => publisher.destroy())
  return { address, publisher }
}

/** A subscriber. */
export async function join(
  address: string,
  options: Partial<SubscribeOptions<Uint8Array>> = {},
): Promise<Subscriber<Uint8Array>> {
  const subscriber = await subscribe(address, { codec: bytes, ...options })
  cleanUp(() => subscriber.close())
  return subscriber
}

/** The numbers of all messages until the end. */
export async function numbersOf(subscriber: Subscriber<Uint8Array>): Promise<number[]> {
  const numbers: number[] = []
  for await (const message of subscriber) numbers.push(numberOf(message))
  return numbers
}

/** 0 to `end`, without that. */
export const upTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i)
