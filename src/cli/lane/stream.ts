// Byte streams as the commands use them, whatever carries them.
import type { AddressOf } from '../../address/index.ts'
import { inTime, type Left } from './wait.ts'

type Wait = ReturnType<Left>

export interface Source {
  /** What messages for people call it: its address. */
  readonly name: string
  /** The next bytes, at most `max`; null at the end. */
  read(max: number, wait: Wait): Promise<Uint8Array | null>
  /** One byte that is there already; undefined: none, or the end. */
  readByte(): number | undefined
  close(): void
}

export interface Sink {
  readonly name: string
  /** All of the bytes. */
  write(bytes: Uint8Array, wait: Wait): Promise<void>
  close(): void
}

export const STREAMS = ['fifo', 'fd', 'stdio'] as const
export type StreamAddress = AddressOf<(typeof STREAMS)[number]>

/** Opens the reading side; a FIFO waits for a writer. */
export async function openSource(address: StreamAddress, left: Left, timeout?: number): Promise<Source> {
  const { pipeSource, sourceOf } = await import('./descriptor.ts')
  if (address.kind === 'stdio') return sourceOf(0, 'standard input')
  if (address.kind === 'fd') return sourceOf(address.fd, `fd:${address.fd}`)
  const { Fifo } = await import('../../kernel/fifo.ts')
  const fifo = Fifo.open(address.path)
  const name = `fifo:${address.path}`
  const reader = await inTime(`waiting for a writer of ${name}`, timeout, () => fifo.openReader(left()))
  if (address.options.capacity !== undefined) reader.capacity = address.options.capacity
  return pipeSource(reader, name)
}

/** Opens the writing side; a FIFO waits for a reader. */
export async function openSink(address: StreamAddress, left: Left, timeout?: number): Promise<Sink> {
  const { pipeSink, sinkOf } = await import('./descriptor.ts')
  if (address.kind === 'stdio') return standardOutput()
  if (address.kind === 'fd') return sinkOf(address.fd, `fd:${address.fd}`)
  const { Fifo } = await import('../../kernel/fifo.ts')
  const fifo = Fifo.open(address.path)
  const name = `fifo:${address.path}`
  const writer = await inTime(`waiting for a reader of ${name}`, timeout, () => fifo.openWriter(left()))
  if (address.options.capacity !== undefined) writer.capacity = address.options.capacity
  return pipeSink(writer, name)
}

/** Through Node's own stream, whose errors main.ts knows what to do with. */
function standardOutput(): Sink {
  const write = (bytes: Uint8Array): Promise<void> => {
    return new Promise((resolve) => process.stdout.write(bytes, () => resolve()))
  }
  return { name: 'standard output', write, close() {} }
}
