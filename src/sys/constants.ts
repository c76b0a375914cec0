// The kernel's constants; the values come from the addon, because they differ between architectures.
import { native } from './addon.ts'
import type { Constants } from './constant-names.ts'

export type { Constants }

/** Constants of the kernel's interface, named as in C. */
export const constants: Constants = native.constants
