// Unix sockets that send and receive: stream, packets, datagrams.
import { constants } from '../../sys/constants.ts'
import { EAGAIN } from '../../sys/errno.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { waitSync } from '../../wait/sync.ts'
import { type Bytes, bytesOf } from '../bytes.ts'
import { checkMax } from '../pipe/chunk.ts'
import { Progress } from '../pipe/progress.ts'
import { type PacketBatch, receiveSome, sendSome, type Waits } from './batch.ts'
import { SocketEnd } from './end.ts'
import { checkDescriptors, type Received, type ReceiveOptions, Receiver } from './received.ts'
import { busy, type Outgoing, Sending, type SendOptions, wrongType } from './sent.ts'
import type { SocketType } from './setting.ts'

/** A Unix socket that carries messages, with descriptors and credentials beside the bytes. unix(7), send(2), recv(2) */
export abstract class MessageSocket<
  T extends SocketType,
  In extends Received,
  Out extends SendOptions,
> extends SocketEnd<T> {
  /**
   * Sends all of `data`, waiting for room; `data` must be left alone until then. A packet goes whole or not at all.
   * Messages go out in the order in which they were sent. EPIPE: the peer has closed. EMSGSIZE: a packet longer than the
   * send buffer. On a stream PartialWriteError if it ends when a part is out.
   */
  async send(data: Bytes, options?: WaitOptions & Out): Promise<void> {
    const progress = this.#progress(data, options)
    await this.readiness.whenWritable(progress.attempt, options).catch((error) => {
      throw progress.failure(error)
    })
  }

  /** As `send`, without waiting: `undefined` when there is no room. On a stream there must be room for some of it. */
  trySend(data: Bytes, options?: Out): true | undefined {
    if (this.readiness.pending > 0) return undefined
    const sending = this.sending(data, options)
    if (this.type !== 'stream') return sending.step(0) === EAGAIN ? undefined : true
    const progress = this.#progress(data, options)
    for (let put = progress.attempt(); put < 0; put = progress.attempt()) {
      if (put === EAGAIN && progress.done === 0) return undefined
      if (put === EAGAIN) throw progress.failure(new Error('there was room for a part only; use send'))
    }
    return true
  }

  /** As `send`, blocking this thread. */
  sendSync(data: Bytes, options?: SyncOptions & Out): void {
    const progress = this.#progress(data, options)
    if (this.readiness.pending > 0 && this.type === 'stream') throw busy('sendmsg', this)
    try {
      waitSync(this.handle, constants.POLLOUT, progress.attempt, { timeout: options?.timeout })
    } catch (error) {
      throw progress.failure(error)
    }
  }

  /** The next message, or what a stream has; `null` at the end. An abort or timeout takes nothing from the socket. */
  async receive(options?: WaitOptions & ReceiveOptions): Promise<In | null> {
    const { receiver, attempt } = this.#receiving(options)
    await this.readiness.whenReadable(attempt, options)
    return receiver.last as In | null
  }

  /** As `receive`, without waiting: `undefined` when nothing is there. */
  tryReceive(options?: ReceiveOptions): In | null | undefined {
    const { receiver, attempt } = this.#receiving(options)
    return attempt() === EAGAIN ? undefined : (receiver.last as In | null)
  }

  /** As `receive`, blocking this thread. */
  receiveSync(options?: SyncOptions & ReceiveOptions): In | null {
    const { receiver, attempt } = this.#receiving(options)
    waitSync(this.handle, constants.POLLIN, attempt, { timeout: options?.timeout })
    return receiver.last as In | null
  }

  /** Messages until the end, or until `signal` aborts, which throws its reason. The socket stays open. */
  async *messages(options?: WaitOptions & ReceiveOptions): AsyncGenerator<In, void, undefined> {
    for (let next = await this.receive(options); next !== null; next = await this.receive(options)) yield next
  }

  /**
   * Sends the packets of a batch with as few calls as it takes, sendmmsg(2), waiting for room. Gives how many went: all,
   * or fewer if it ended early (an abort, an error) when some were out. Not on a stream.
   */
  async sendBatch(batch: PacketBatch, options?: WaitOptions): Promise<number> {
    const progress = this.#batchProgress(batch)
    return this.readiness
      .whenWritable(progress.attempt, options)
      .catch((error) => sentBefore(progress, error))
  }

  /** As `sendBatch`, blocking this thread. */
  sendBatchSync(batch: PacketBatch, options?: SyncOptions): number {
    const progress = this.#batchProgress(batch, mayWait(options))
    try {
      return waitSync(this.handle, constants.POLLOUT, progress.attempt, options)
    } catch (error) {
      return sentBefore(progress, error)
    }
  }

  /** Fills a batch with the packets that are there, at least one, recvmmsg(2); gives how many, `null` at the end. */
  async receiveBatch(batch: PacketBatch, options?: WaitOptions): Promise<number | null> {
    return orEnd(await this.readiness.whenReadable(() => this.#receiveSome(batch), options))
  }

  /** As `receiveBatch`, without waiting: `undefined` when nothing is there. */
  tryReceiveBatch(batch: PacketBatch): number | null | undefined {
    const got = this.#receiveSome(batch)
    return got === EAGAIN ? undefined : orEnd(got)
  }

  /** As `receiveBatch`, blocking this thread. */
  receiveBatchSync(batch: PacketBatch, options?: SyncOptions): number | null {
    const waits = mayWait(options)
    return orEnd(waitSync(this.handle, constants.POLLIN, () => this.#receiveSome(batch, waits), options))
  }

  /** To whom a message with these options goes; nobody in particular on a connected socket. */
  protected addressOf(_options: Out | undefined): Uint8Array | undefined {
    return undefined
  }

  protected sending(data: Bytes, options: Out | undefined): Sending {
    const message: Outgoing = { bytes: bytesOf(data), options, address: this.addressOf(options) }
    return new Sending(this.handle, this.type, message)
  }

  #progress(data: Bytes, options: Out | undefined): Progress {
    const sending = this.sending(data, options)
    return new Progress(sending.bytes.length, (from) => sending.step(from))
  }

  #receiving(options: ReceiveOptions | undefined): { receiver: Receiver; attempt: () => number } {
    const max = checkMax(options?.max)
    const descriptors = checkDescriptors(options?.descriptors)
    const receiver = new Receiver(this.handle, this.type)
    return { receiver, attempt: () => receiver.attempt(max, descriptors) }
  }

  #batchProgress(batch: PacketBatch, waits: Waits = 'now'): Progress {
    this.#checkPackets('sendmmsg')
    return new Progress(batch.count, (from) => sendSome(this.handle, batch, from, waits))
  }

  #receiveSome(batch: PacketBatch, waits: Waits = 'now'): number {
    this.#checkPackets('recvmmsg')
    return receiveSome(this.handle, this.type, batch, waits)
  }

  #checkPackets(call: string): void {
    if (this.type === 'stream') throw wrongType(call, this.type, this.handle)
  }
}

/** With a timeout poll(2) does the waiting, which has one. */
function mayWait(options: SyncOptions | undefined): Waits {
  return options?.timeout === undefined ? 'waits' : 'now'
}

function sentBefore({ done }: Progress, error: unknown): number {
  if (done > 0) return done
  throw error
}

function orEnd(got: number): number | null {
  return got === 0 ? null : got
}
