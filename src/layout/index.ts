// Bytes with a meaning: C strings, formatted text, C structs.
export { readCString, writeCString } from './cstring.ts'
export * from './struct/index.ts'
export { type PrintValue, print, type ScanValue, scan } from './text.ts'
