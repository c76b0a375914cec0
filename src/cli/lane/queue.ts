// Message queues as send and recv use them, of either family.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { UsageError } from '../exit.ts'
import { found } from './sysv.ts'

export type QueueAddress = AddressOf<'sysv-mq' | 'posix-mq'>

/** A message and what its queue knows of it. */
export interface QueueMessage {
  readonly data: Uint8Array
  readonly type?: number
  readonly priority?: number
  /** Of a packet: what the kernel says of who sent it. */
  readonly sender?: object
}

export interface QueueEnd {
  /** What messages for people call it: its address. */
  readonly name: string
  close(): void
}

export interface QueueSink extends QueueEnd {
  send(message: Uint8Array, wait: WaitOptions): Promise<void>
}

export interface QueueSource extends QueueEnd {
  /** What `null` means, if it can come. */
  readonly ended?: string
  /** Told when the message that was received last has been written. */
  written?(): void
  /** `null` at the end; rejects with EIDRM when the queue is removed. */
  receive(wait: WaitOptions): Promise<QueueMessage | null>
}

export function isQueue<A extends { readonly kind: string }>(address: A): address is A & QueueAddress {
  return address.kind === 'sysv-mq' || address.kind === 'posix-mq'
}

/** The queue, to send to: with ?type= or ?priority=. */
export async function openSink(address: QueueAddress): Promise<QueueSink> {
  const name = nameOf(address)
  if (address.kind === 'posix-mq') {
    const { priority = 0 } = address.options
    const { PosixQueue } = await import('../../kernel/posix/queue.ts')
    const queue = PosixQueue.open(address.name, { access: 'write' })
    return {
      name,
      send: (message, wait) => queue.send(message, { ...wait, priority }),
      close: () => queue.close(),
    }
  }
  const { type = 1, except } = address.options
  if (type < 1) throw new UsageError(`${name}: what is sent has a type of 1 or more, not ${type}`)
  if (except !== undefined) throw new UsageError(`${name}: except is for recv`)
  const queue = await openSysv(address)
  return { name, send: (message, wait) => queue.send(message, { ...wait, type }), close: () => queue.close() }
}

/** The queue, to receive from: with ?type= or ?except=, and ?msgsize=. */
export async function openSource(address: QueueAddress): Promise<QueueSource> {
  const name = nameOf(address)
  if (address.kind === 'posix-mq') {
    if (address.options.priority !== undefined) {
      throw new UsageError(`${name}: priority is for send; the highest one comes first`)
    }
    const { PosixQueue } = await import('../../kernel/posix/queue.ts')
    const queue = PosixQueue.open(address.name, { access: 'read' })
    return { name, receive: (wait) => queue.receive(wait), close: () => queue.close() }
  }
  const wanted = selection(address)
  const queue = await openSysv(address)
  return { name, receive: (wait) => queue.receive({ ...wait, ...wanted }), close: () => queue.close() }
}

/** As msgrcv(2) takes them: 0 for any type, a negative one for the lowest up to it. */
function selection(address: AddressOf<'sysv-mq'>): object {
  const { type = 0, except, msgsize } = address.options
  const max = msgsize === undefined ? {} : { max: msgsize }
  if (except !== undefined && except < 1) throw new UsageError(`except is 1 or more, not ${except}`)
  if (except !== undefined) return { except, ...max }
  if (type === 0) return max
  return { ...(type > 0 ? { type } : { upTo: -type }), ...max }
}

async function openSysv(address: AddressOf<'sysv-mq'>) {
  const { SysvQueue } = await import('../../kernel/sysv/queue.ts')
  return found(address, { open: (key) => SysvQueue.open(key), from: (id) => SysvQueue.from(id) })
}

export function nameOf(address: QueueAddress): string {
  return formatAddress({ ...address, options: {} })
}
