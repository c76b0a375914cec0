// splice(2) and tee(2): bytes from descriptor to descriptor inside the kernel.
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { poll } from '../../sys/file.ts'
import { splice, tee } from '../../sys/pipe.ts'
import { waitCall } from '../../wait/call.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'

/** Anything with a descriptor. */
export type SpliceTarget = { readonly fd: number } | number
export type SpliceSource = SpliceTarget

export interface SpliceInOptions {
  /** At most so many bytes in this call. Default: 1 MiB. */
  readonly length?: number
  /** Where in the file, in bytes; the file's own position is then left alone. Default: its position, which moves. */
  readonly offset?: number
}
export interface SpliceOptions extends SpliceInOptions {
  /** More is to come (SPLICE_F_MORE): a socket may wait and fill its packet. */
  readonly more?: boolean
}

function numberOf(target: SpliceTarget): number {
  return typeof target === 'number' ? target : target.fd
}

const LENGTH = 1_048_576

async function moved(
  from: number,
  fromOffset: number | undefined,
  to: number,
  options: (WaitOptions & SpliceOptions) | undefined,
  toOffset: number | undefined,
): Promise<number | null> {
  const at = (offset: number | undefined): number | BigInt64Array =>
    offset === undefined ? 0 : new BigInt64Array([BigInt(offset)])
  const { result } = await waitCall(
    {
      number: constants.SYS_splice,
      name: 'splice',
      args: [
        from,
        at(fromOffset),
        to,
        at(toOffset),
        options?.length ?? LENGTH,
        options?.more ? constants.SPLICE_F_MORE : 0,
      ],
    },
    options,
  )
  return must(result, 'splice') === 0 ? null : result
}

export function spliceOut(
  source: { fd: number },
  target: SpliceTarget,
  options?: WaitOptions & SpliceOptions,
): Promise<number | null> {
  return moved(source.fd, undefined, numberOf(target), options, options?.offset)
}

export function spliceIn(
  target: { fd: number },
  source: SpliceSource,
  options?: WaitOptions & SpliceInOptions,
): Promise<number | null> {
  return moved(numberOf(source), options?.offset, target.fd, options, undefined)
}

export function spliceOutSync(
  source: { fd: number },
  target: SpliceTarget,
  options?: SyncOptions & SpliceOptions,
): number | null {
  const flags = options?.more ? constants.SPLICE_F_MORE : 0
  return blocking(source.fd, () =>
    splice(source.fd, -1, numberOf(target), options?.offset ?? -1, options?.length ?? LENGTH, flags),
  )
}

export function spliceInSync(
  target: { fd: number },
  source: SpliceSource,
  options?: SyncOptions & SpliceInOptions,
): number | null {
  return blocking(target.fd, () =>
    splice(numberOf(source), options?.offset ?? -1, target.fd, -1, options?.length ?? LENGTH, 0),
  )
}

function blocking(fd: number, attempt: () => number): number | null {
  let got = attempt()
  while (got === EINTR || got === EAGAIN) {
    if (got === EAGAIN) poll(fd, constants.POLLIN | constants.POLLOUT, -1)
    got = attempt()
  }
  return must(got, 'splice') === 0 ? null : got
}

export async function teeInto(
  source: { fd: number },
  target: { fd: number },
  options?: WaitOptions & { readonly length?: number },
): Promise<number | null> {
  const { result } = await waitCall(
    { number: 276, name: 'tee', args: [source.fd, target.fd, options?.length ?? LENGTH, 0] },
    options,
  )
  return must(result, 'tee') === 0 ? null : result
}

export function teeIntoSync(
  source: { fd: number },
  target: { fd: number },
  options?: SyncOptions & { readonly length?: number },
): number | null {
  return blocking(source.fd, () => tee(source.fd, target.fd, options?.length ?? LENGTH, 0))
}
