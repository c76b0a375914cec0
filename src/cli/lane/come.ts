// Sockets as send and recv use them: recv has the name and waits, send comes to it.
import { type AddressOf, formatAddress } from '../../address/index.ts'
import type { UnixName } from '../../kernel/socket/name.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { inTime, type Left } from './wait.ts'

export type NetworkAddress = AddressOf<'unix' | 'tcp' | 'udp'>

/** What the commands know beside the address. */
export interface Coming {
  readonly left: Left
  /** Milliseconds of --timeout. */
  readonly timeout: number | undefined
  /** Tells a person something. */
  note(text: string): void
  /** As of Io: runs it when the command is interrupted, and gives a function that calls that off. */
  onInterrupt(cleanUp: () => void): () => void
}

/** Milliseconds in which a receiver that is started at the same time may come up, without --timeout. */
const PATIENCE = 1000
const PAUSE = 20

export function nameOf(address: NetworkAddress): string {
  return formatAddress({ ...address, options: {} })
}

export function unixName({ name, abstract }: AddressOf<'unix'>): UnixName {
  return abstract ? { abstract: name } : name
}

/** Whether it carries packets, which need no framing. */
export function hasPackets(address: NetworkAddress): boolean {
  return (
    address.kind === 'udp' || (address.kind === 'unix' && (address.options.type ?? 'stream') !== 'stream')
  )
}

/** Tries until somebody is there: for a moment, or as long as --timeout says. */
export async function come<T>(
  address: NetworkAddress,
  { timeout }: Coming,
  attempt: (wait: WaitOptions) => T | Promise<T>,
): Promise<T> {
  const end = performance.now() + (timeout ?? PATIENCE)
  const wait = (): WaitOptions =>
    timeout === undefined ? {} : { timeout: Math.max(0, end - performance.now()) }
  return inTime(`waiting for a receiver at ${nameOf(address)}`, timeout, async () => {
    for (;;) {
      try {
        return await attempt(wait())
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if ((code !== 'ENOENT' && code !== 'ECONNREFUSED') || performance.now() + PAUSE > end) throw error
        await new Promise((resolve) => setTimeout(resolve, PAUSE))
      }
    }
  })
}

/** Says where it listens, if the address left that to the kernel. */
export function tellPort(address: AddressOf<'tcp' | 'udp'>, port: number, { note }: Coming): void {
  if (address.port === 0) note(`listening at ${nameOf({ ...address, port })}`)
}
