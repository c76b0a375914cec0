/** `hutong/inspect`: what this host's processes share, and who shares it with whom, as plain data. */
export { type CollectOptions, collect } from './collect.ts'
export { byDescriptor, byId, byKey, byName, byPath, bySocketName, bySocketNumber } from './look-up.ts'
export type * from './model.ts'
