/** `hutong`: every way two Linux processes can talk, with the kernel's own semantics. */
export { SysError } from './sys/error.ts'
export { Fd } from './sys/fd.ts'
export { type SyncOptions, TimeoutError, type WaitOptions } from './wait/options.ts'
