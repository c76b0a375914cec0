/** `hutong/msgpack`: the codec for MessagePack. Needs the package msgpackr. */
export { MissingPackageError } from '../channel/missing-package.ts'
export { msgpack } from './msgpack.ts'
