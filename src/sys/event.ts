// eventfd(2). Gives a descriptor or `-errno`; see `must`.
import { native } from './addon.ts'

/** eventfd(2); `initial` is an unsigned 32-bit count. */
export const eventfd: (initial: number, flags: number) => number = native.eventfd
