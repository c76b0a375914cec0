// Bytes with a meaning: C strings and formatted text.
export { readCString, writeCString } from './cstring.ts'
export { type PrintValue, print, type ScanValue, scan } from './text.ts'
