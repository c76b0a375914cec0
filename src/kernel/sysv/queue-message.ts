// The messages of a System V queue: what one is, which one is wanted.
import { constants } from '../../sys/constants.ts'
import { bytesOf, checkTarget } from '../bytes.ts'
import { checkFlag, checkWhole } from '../mapping-options.ts'

/** A message, in memory of its own. */
export interface SysvMessage {
  /** 1 or more, as its sender chose. Beyond 2^53, which JavaScript cannot say exactly, it is rounded. */
  readonly type: number
  readonly data: Uint8Array
}

/** A message that was received into memory of yours. */
export interface ReceivedInto {
  readonly type: number
  /** Bytes. */
  readonly length: number
}

/** Which message: the first one that fits, in the order in which they were sent. At most one of the three; none: any message. */
export interface SysvSelection {
  /** Of exactly this type. 1 to 2^53 - 1, as the two others. */
  readonly type?: number | undefined
  /** Of the lowest type there is that is not above this. */
  readonly upTo?: number | undefined
  /** Of any type but this one (MSG_EXCEPT). */
  readonly except?: number | undefined
}

/** What becomes of a message that is too long. */
export interface SysvTruncation {
  /** It is cut, and the rest is lost (MSG_NOERROR). Otherwise it is E2BIG, and the message stays in the queue. */
  readonly truncate?: boolean | undefined
}

/** How long a message may be. */
export interface SysvMessageLimit extends SysvTruncation {
  /** Bytes, 0 or more. Default: as long as any message is. */
  readonly max?: number | undefined
}

/** What msgrcv(2) is told. */
export interface Wanted {
  readonly type: number
  readonly flags: number
  readonly max: number
  /** Added to `flags` when the message may be as long as `max`. */
  readonly truncate: number
  /** Where it goes; undefined: into memory of its own. */
  readonly target: Uint8Array | undefined
}

/** The same with memory of the caller's. */
export interface WantedInto extends Wanted {
  readonly target: Uint8Array
}

const UNLIMITED = Number.MAX_SAFE_INTEGER
/** Any message, whole. */
export const ANY: Wanted = { type: 0, flags: 0, max: UNLIMITED, truncate: 0, target: undefined }

/** The options in the kernel's terms, checked. */
export function wantedOf(options: (SysvSelection & SysvMessageLimit) | undefined): Wanted {
  if (options === undefined) return ANY
  const { max, truncate } = options
  if (truncate === true && max === undefined)
    throw new TypeError('truncate needs max: how long a message may be')
  return {
    ...selected(options),
    max: max === undefined ? UNLIMITED : checkWhole(max, 'max'),
    truncate: truncation(truncate),
    target: undefined,
  }
}

/** The same for a message that goes into memory of the caller's. */
export function wantedInto(
  memory: Uint8Array,
  options: (SysvSelection & SysvTruncation) | undefined,
): WantedInto {
  checkTarget(memory)
  const target = bytesOf(memory)
  const max = target.length
  if (options === undefined) return { type: 0, flags: 0, max, truncate: 0, target }
  const { type, flags } = selected(options)
  return { type, flags, max, truncate: truncation(options.truncate), target }
}

function truncation(truncate: boolean | undefined): number {
  checkFlag(truncate, 'truncate')
  return truncate === true ? constants.MSG_NOERROR : 0
}

function selected({ type, upTo, except }: SysvSelection): { type: number; flags: number } {
  if (upTo === undefined && except === undefined)
    return { type: type === undefined ? 0 : checkType(type), flags: 0 }
  const given = Object.entries({ type, upTo, except }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    throw new TypeError(
      `${given.map(([name]) => name).join(' and ')} exclude each other: leave all but one out`,
    )
  }
  for (const [name, value] of given) checkType(value, name)
  if (upTo !== undefined) return { type: -upTo, flags: 0 }
  return { type: except ?? 0, flags: constants.MSG_EXCEPT }
}

/** The type of a message: 1 to 2^53 - 1. */
export function checkType(value: unknown, name = 'type'): number {
  return checkWhole(value, name, 1)
}
