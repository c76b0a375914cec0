// Formatted text in place: snprintf and sscanf over memory, in the C locale.
export { type PrintValue, print } from './text/print.ts'
export { type ScanValue, scan } from './text/scan.ts'
