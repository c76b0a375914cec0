// Producers and workers: of a queue that a process holds, or of the kernel's.
import type { Address } from '../../address/index.ts'
import type { Codec } from '../codec.ts'
import { type ConnectOptions, connect } from '../connect.ts'
import { labelOf } from '../listen.ts'
import { addressFrom, codecFrom } from '../options.ts'
import { frames } from './frame.ts'
import type { KernelAddress } from './kernel-queue.ts'
import { type QueueProducer, StarProducer } from './producer.ts'
import { MOST_AT_ONCE } from './seat.ts'
import { type QueueWorker, StarWorker, workerFrames } from './worker.ts'

/** Options of `produce`. */
export interface ProduceOptions<T> extends ConnectOptions {
  /** How jobs become bytes; all producers and workers of a queue use the same. Default: `bytes`. */
  readonly codec?: Codec<T> | undefined
}

/** Options of `consume`. */
export interface ConsumeOptions<T> extends ProduceOptions<T> {
  /**
   * Whether each job is acknowledged, so that another worker gets it when this one dies before. Default true. The kernel's
   * queues have no such thing: ask for false there, and a job that a dying worker had is lost.
   */
  readonly acknowledge?: boolean | undefined
  /** How many jobs come before one is acknowledged, 1 to 65,536. Default 256. More is faster; fewer spread better. */
  readonly atOnce?: number | undefined
}

const DEFAULT_AT_ONCE = 256

function isKernel(address: Address): address is KernelAddress {
  return address.kind === 'posix-mq' || address.kind === 'sysv-mq'
}

/**
 * Joins a queue to send jobs: one that `holdQueue` holds, or `posix-mq:`, `sysv-mq:`, which must exist. ENOENT,
 * ECONNREFUSED: there is none, or nobody holds it.
 */
export async function produce<T = Uint8Array>(
  address: string | Address,
  options: ProduceOptions<T> = {},
): Promise<QueueProducer<T>> {
  const codec = codecFrom(options)
  const to = addressFrom(address)
  if (isKernel(to)) {
    const { KernelProducer } = await import('./kernel-queue.ts')
    return new KernelProducer(to, codec)
  }
  return StarProducer.join(await connect(to, { ...options, codec: frames }), codec)
}

/** Joins a queue to work for it. Errors as `produce`. */
export async function consume<T = Uint8Array>(
  address: string | Address,
  options: ConsumeOptions<T> = {},
): Promise<QueueWorker<T>> {
  const { acknowledge = true, atOnce = DEFAULT_AT_ONCE } = options
  const codec = codecFrom(options)
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MOST_AT_ONCE) {
    throw new RangeError(`atOnce must be 1 to ${MOST_AT_ONCE} jobs, not ${String(atOnce)}`)
  }
  const to = addressFrom(address)
  if (!isKernel(to)) {
    const channel = await connect(to, { ...options, codec: workerFrames(codec, labelOf(to)) })
    return StarWorker.join(channel, { codec, acknowledge, atOnce })
  }
  if (acknowledge !== false) {
    throw new TypeError(
      `acknowledge must be false for ${labelOf(to)}: the kernel's queues forget a job once it is received. Hold a queue instead`,
    )
  }
  const { KernelWorker } = await import('./kernel-queue.ts')
  return new KernelWorker(to, codec)
}
