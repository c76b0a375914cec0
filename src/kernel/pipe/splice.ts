// splice(2) and tee(2): bytes from descriptor to descriptor inside the kernel.
import { fstatSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { EAGAIN, EINTR } from '../../sys/errno.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { fcntl } from '../../sys/file.ts'
import { splice, tee } from '../../sys/pipe.ts'
import { waitCall } from '../../wait/call.ts'
import type { SyncOptions, WaitOptions } from '../../wait/options.ts'
import { deadlineOf, pollUntil } from '../../wait/sync.ts'
import { kindOf } from '../bytes.ts'
import { flush, insides, PipeEnd } from './end.ts'
import { type Side, whenReady } from './ready.ts'

/** What can be spliced to or from: an end of another pipe, anything that has an `fd`, or a descriptor's number. */
export type SpliceTarget = PipeEnd | { readonly fd: number } | number

/** Options of `teeTo`. */
export interface TeeOptions {
  /** At most so many bytes; 1 to 2 GiB. Default: 1 MiB. */
  readonly length?: number | undefined
}

/** Options of `spliceFrom`. */
export interface SpliceInOptions extends TeeOptions {
  /** Where in the file, in bytes; its own position then stays. Default: at its position, which moves. ESPIPE: no file. */
  readonly offset?: number | undefined
}

/** Options of `spliceTo`. */
export interface SpliceOptions extends SpliceInOptions {
  /** More will follow (SPLICE_F_MORE): a TCP socket then fills its packets. */
  readonly more?: boolean | undefined
}

const DEFAULT_LENGTH = 1_048_576
const MOST_BYTES = 0x7ffff000

/** One call of splice or tee, from a pipe or into one. */
interface Transfer {
  readonly name: 'splice' | 'tee'
  readonly from: Party
  readonly to: Party
  readonly fromOffset?: number | undefined
  readonly toOffset?: number | undefined
  readonly length: number
  readonly flags: number
}

/** See PipeReader.spliceTo. */
export function spliceTo(
  from: PipeEnd,
  to: SpliceTarget,
  options?: WaitOptions & SpliceOptions,
): Promise<number | null> {
  return move(() => ({ ...transfer('splice', from, to, options), toOffset: options?.offset }), options)
}

/** See PipeWriter.spliceFrom. */
export function spliceFrom(
  to: PipeEnd,
  from: SpliceTarget,
  options?: WaitOptions & SpliceInOptions,
): Promise<number | null> {
  return move(() => ({ ...transfer('splice', from, to, options), fromOffset: options?.offset }), options)
}

/** See PipeReader.teeTo. */
export function teeTo(
  from: PipeEnd,
  to: PipeEnd,
  options?: WaitOptions & TeeOptions,
): Promise<number | null> {
  return move(() => transfer('tee', from, to, options), options)
}

export function spliceToSync(
  from: PipeEnd,
  to: SpliceTarget,
  options?: SyncOptions & SpliceOptions,
): number | null {
  return moveSync({ ...transfer('splice', from, to, options), toOffset: options?.offset }, options)
}

export function spliceFromSync(
  to: PipeEnd,
  from: SpliceTarget,
  options?: SyncOptions & SpliceInOptions,
): number | null {
  return moveSync({ ...transfer('splice', from, to, options), fromOffset: options?.offset }, options)
}

export function teeToSync(from: PipeEnd, to: PipeEnd, options?: SyncOptions & TeeOptions): number | null {
  return moveSync(transfer('tee', from, to, options), options)
}

function transfer(
  name: Transfer['name'],
  from: SpliceTarget,
  to: SpliceTarget,
  options: SpliceOptions | undefined,
): Transfer {
  const { length = DEFAULT_LENGTH, offset, more } = options ?? {}
  if (!Number.isInteger(length) || length < 1 || length > MOST_BYTES) {
    throw new RangeError(`length must be 1 to ${MOST_BYTES} bytes, not ${String(length)}`)
  }
  if (offset !== undefined && (!Number.isSafeInteger(offset) || offset < 0)) {
    throw new RangeError(`offset must be 0 to 2^53 - 1 bytes, not ${String(offset)}`)
  }
  if (name === 'tee' && !(to instanceof PipeEnd)) {
    throw new TypeError(`writer must be a PipeWriter, not ${kindOf(to)}: tee(2) copies between pipes only`)
  }
  const flags = more === true ? constants.SPLICE_F_MORE : 0
  return { name, from: partyOf(from, 'source'), to: partyOf(to, 'target'), length, flags }
}

/** One side of a transfer. */
interface Party {
  readonly fd: number
  readonly end: PipeEnd | undefined
}

function partyOf(target: SpliceTarget, name: string): Party {
  if (target instanceof PipeEnd) {
    flush(target)
    return { fd: target.fd, end: target }
  }
  const fd = typeof target === 'object' && target !== null ? target.fd : target
  if (typeof fd !== 'number') {
    throw new TypeError(
      `${name} must be an end of a pipe, a descriptor's number or an object with one as fd, not ${kindOf(target)}`,
    )
  }
  if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) {
    throw new RangeError(`${name} must be a descriptor's number (0 or more), not ${fd}`)
  }
  return { fd, end: undefined }
}

/** Whether a call may sleep, although told not to: on the disk, or in a socket that blocks. */
function sleeps({ fd, end }: Party): boolean {
  if (end !== undefined) return false
  const flags = must(fcntl(fd, constants.F_GETFL, 0), 'fcntl', { on: `fd ${fd}` })
  const file = fstatSync(fd)
  return !file.isFIFO() && !(file.isSocket() && (flags & constants.O_NONBLOCK) !== 0)
}

async function move(plan: () => Transfer, options: WaitOptions | undefined): Promise<number | null> {
  const t = plan()
  return inTurn(t.from, options, (from, inner) =>
    inTurn(t.to, inner, async (to, { signal } = {}) => {
      const source = { fd: from, readiness: readinessOf(t.from) }
      const target = { fd: to, readiness: readinessOf(t.to) }
      for (let again = false; ; again = true) {
        if (again) await new Promise((resolve) => setImmediate(resolve))
        await whenReady(source, constants.POLLIN, signal)
        await whenReady(target, constants.POLLOUT, signal)
        const moved = await once(t, from, to, signal)
        if (moved !== EAGAIN && moved !== EINTR) return outcome(t, moved)
      }
    }),
  )
}

function readinessOf({ end }: Party): Side['readiness'] {
  return end === undefined ? undefined : insides(end).readiness
}

/** Runs `operation` on a duplicate, which is still the same when its thread gets to it; after those before it on that end. */
async function inTurn<T>(
  { fd, end }: Party,
  options: WaitOptions | undefined,
  operation: (fd: number, options: WaitOptions | undefined) => Promise<T>,
): Promise<T> {
  if (end !== undefined) return insides(end).calls.run(options, (own, signal) => operation(own, { signal }))
  const own = new Fd(
    must(fcntl(fd, constants.F_DUPFD_CLOEXEC, 0), 'fcntl', { on: `fd ${fd}` }),
    `a duplicate of fd ${fd}`,
  )
  try {
    return await operation(own.number, options)
  } finally {
    own.close()
  }
}

async function once(t: Transfer, from: number, to: number, signal: AbortSignal | undefined): Promise<number> {
  const flags = t.flags | constants.SPLICE_F_NONBLOCK
  if (!sleeps(t.from) && !sleeps(t.to)) return call(t, from, to, flags)
  const at = (offset: number | undefined): number | BigInt64Array =>
    offset === undefined ? 0 : new BigInt64Array([BigInt(offset)])
  const args = [from, at(t.fromOffset), to, at(t.toOffset), t.length, flags]
  return (await waitCall({ number: constants.SYS_splice, name: 'splice', args }, { signal })).result
}

function call(t: Transfer, from: number, to: number, flags: number): number {
  if (t.name === 'tee') return tee(from, to, t.length, flags)
  return splice(from, t.fromOffset ?? -1, to, t.toOffset ?? -1, t.length, flags)
}

function outcome(t: Transfer, moved: number): number | null {
  const name = ({ fd, end }: Party): string => (end === undefined ? `fd ${fd}` : `${end}`)
  return must(moved, t.name, { on: `from ${name(t.from)} to ${name(t.to)}` }) === 0 ? null : moved
}

function moveSync(t: Transfer, options: SyncOptions | undefined): number | null {
  const deadline = deadlineOf(options)
  const flags = t.flags | (options?.timeout === undefined ? 0 : constants.SPLICE_F_NONBLOCK)
  for (;;) {
    const moved = call(t, t.from.fd, t.to.fd, flags)
    if (moved !== EAGAIN && moved !== EINTR) return outcome(t, moved)
    if (moved === EINTR) continue
    pollUntil(t.from.fd, constants.POLLIN, deadline)
    pollUntil(t.to.fd, constants.POLLOUT, deadline)
  }
}
