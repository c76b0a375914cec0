// The message queues of the kernel as queues of jobs: they outlive everybody, and a job is gone once it is received.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import { PosixQueue } from '../../kernel/posix/queue.ts'
import { SysvQueue } from '../../kernel/sysv/queue.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { each } from '../batches.ts'
import { type Closed, Closing } from '../closed.ts'
import { BadMessageError, type Codec } from '../codec.ts'
import type { QueueProducer } from './producer.ts'
import type { Job, QueueWorker } from './worker.ts'

export type KernelAddress = AddressOf<'posix-mq' | 'sysv-mq'>

/** Either family, as far as jobs need it. */
interface KernelQueue {
  send(data: Uint8Array, options?: WaitOptions): Promise<void>
  trySend(data: Uint8Array): true | undefined
  receive(options?: WaitOptions): Promise<{ readonly data: Uint8Array }>
  tryReceive(): { readonly data: Uint8Array } | undefined
  ref(): void
  unref(): void
  close(): void
}

function openQueue(address: KernelAddress): KernelQueue {
  if (address.kind === 'posix-mq') {
    const queue = PosixQueue.open(address.name)
    const { priority = 0 } = address.options
    return {
      send: (data, options) => queue.send(data, { ...options, priority }),
      trySend: (data) => queue.trySend(data, { priority }),
      receive: (options) => queue.receive(options),
      tryReceive: () => queue.tryReceive(),
      ref: () => queue.ref(),
      unref: () => queue.unref(),
      close: () => queue.close(),
    }
  }
  const { key } = address
  const name =
    key.by === 'key' ? key.key : key.by === 'file' ? { path: key.path, project: key.proj } : undefined
  const queue = name === undefined ? SysvQueue.from(key.by === 'id' ? key.id : 0) : SysvQueue.open(name)
  const { type = 0 } = address.options
  const wanted = type === 0 ? {} : type > 0 ? { type } : { upTo: -type }
  return {
    send: (data, options) => queue.send(data, { ...options, type: Math.max(1, type) }),
    trySend: (data) => queue.trySend(data, { type: Math.max(1, type) }),
    receive: (options) => queue.receive({ ...options, ...wanted }),
    tryReceive: () => queue.tryReceive(wanted),
    ref: () => {}, // a call that waits on a thread keeps the loop running
    unref: () => {},
    close: () => queue.close(),
  }
}

/** What both ends share. */
abstract class KernelEnd<T> {
  readonly label: string
  protected readonly queue: KernelQueue
  protected readonly codec: Codec<T>
  readonly #closing = new Closing()

  constructor(address: KernelAddress, codec: Codec<T>) {
    this.label = formatAddress({ ...address, options: {} })
    this.codec = codec
    this.queue = openQueue(address)
  }

  get closed(): Promise<Closed> {
    return this.#closing.promise
  }

  ref(): this {
    this.queue.ref()
    return this
  }

  unref(): this {
    this.queue.unref()
    return this
  }

  close(): Promise<void> {
    this.destroy()
    return Promise.resolve()
  }

  destroy(): void {
    this.queue.close()
    this.#closing.resolve({ reason: 'closed' })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }
}

export class KernelProducer<T> extends KernelEnd<T> implements QueueProducer<T> {
  async send(job: T, options?: WaitOptions): Promise<void> {
    const message = this.codec.encode(job)
    await this.queue.send(this.codec.scratch ? message.slice() : message, options)
  }

  trySend(job: T): true | undefined {
    return this.queue.trySend(this.codec.encode(job))
  }
}

export class KernelWorker<T> extends KernelEnd<T> implements QueueWorker<T> {
  async receive(options?: WaitOptions): Promise<Job<T>> {
    return this.#job((await this.queue.receive(options)).data)
  }

  tryReceive(): Job<T> | undefined {
    const received = this.queue.tryReceive()
    return received === undefined ? undefined : this.#job(received.data)
  }

  [Symbol.asyncIterator](): AsyncIterator<Job<T>, void, undefined> {
    return each(this)
  }

  #job(data: Uint8Array): Job<T> {
    try {
      const message = this.codec.decode(data)
      return { message, redelivered: false, acknowledge: nothing, giveBack: () => this.#cannot() }
    } catch (error) {
      throw new BadMessageError(this.label, this.codec.name, error)
    }
  }

  #cannot(): never {
    throw new Error(`${this.label}: the kernel's queues take nothing back: send the job again`)
  }
}

const nothing = (): void => {}
