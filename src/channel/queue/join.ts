// Producers and workers: of a queue that a process holds, or of the kernel's.
import { parseAddress } from '../../address/index.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { bytes, type Codec } from '../codec.ts'
import { connect } from '../connect.ts'
import { frames } from './frame.ts'
import { type KernelAddress, KernelProducer, KernelWorker } from './kernel-queue.ts'
import { type QueueProducer, StarProducer } from './producer.ts'
import { MOST_AT_ONCE } from './seat.ts'
import { type QueueWorker, StarWorker, workerFrames } from './worker.ts'

/** Options of `produce`. */
export interface ProduceOptions<T> extends WaitOptions {
  /** How jobs become bytes; all producers and workers of a queue use the same. Default: `bytes`. */
  readonly codec?: Codec<T>
}

/** Options of `consume`. */
export interface ConsumeOptions<T> extends ProduceOptions<T> {
  /**
   * Whether each job is acknowledged, so that another worker gets it when this one dies before. Default true. The kernel's
   * queues have no such thing: ask for false there, and a job that a dying worker had is lost.
   */
  readonly acknowledge?: boolean
  /** How many jobs come before one is acknowledged, 1 to 65,536. Default 256. More is faster; fewer spread better. */
  readonly atOnce?: number
}

const DEFAULT_AT_ONCE = 256

function kernelAddress(text: string): KernelAddress | undefined {
  const address = parseAddress(text)
  return address.kind === 'posix-mq' || address.kind === 'sysv-mq' ? address : undefined
}

/**
 * Joins a queue to send jobs: one that `holdQueue` holds, or `posix-mq:`, `sysv-mq:`, which must exist. ENOENT,
 * ECONNREFUSED: there is none, or nobody holds it.
 */
export async function produce<T = Uint8Array>(
  address: string,
  options: ProduceOptions<T> = {},
): Promise<QueueProducer<T>> {
  const { codec = bytes as Codec<T>, ...wait } = options
  const kernel = kernelAddress(address)
  if (kernel !== undefined) return new KernelProducer(kernel, codec)
  return StarProducer.join(await connect(address, { ...wait, codec: frames }), codec)
}

/** Joins a queue to work for it. Errors as `produce`. */
export async function consume<T = Uint8Array>(
  address: string,
  options: ConsumeOptions<T> = {},
): Promise<QueueWorker<T>> {
  const { codec = bytes as Codec<T>, acknowledge, atOnce = DEFAULT_AT_ONCE, ...wait } = options
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MOST_AT_ONCE) {
    throw new RangeError(`atOnce must be 1 to ${MOST_AT_ONCE} jobs, not ${String(atOnce)}`)
  }
  const kernel = kernelAddress(address)
  if (kernel === undefined) {
    const channel = await connect(address, { ...wait, codec: workerFrames(codec, address) })
    return StarWorker.join(channel, { codec, acknowledge: acknowledge ?? true, atOnce })
  }
  if (acknowledge !== false) {
    throw new TypeError(
      `acknowledge must be false for ${address}: the kernel's queues forget a job once it is received. Hold a queue instead`,
    )
  }
  return new KernelWorker(kernel, codec)
}
