#!/usr/bin/env node
// The command `hutong`, as a process: its streams and its end.
import { dispatch } from './dispatch.ts'
import { DONE, FAILED } from './exit.ts'
import { processIo } from './io.ts'

// Whoever reads our output may leave (`hutong ls | head -1`): nothing is wrong then, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(DONE)
  process.stderr.write(`hutong: ${error.code}: cannot write to standard output\n`, () => process.exit(FAILED))
})
process.stderr.on('error', () => {})

const status = await dispatch(process.argv.slice(2), processIo)
// Not left to the event loop, which an operation still under way (after a timeout) would keep busy. After a failed write
// the error is on its way to the listener above.
process.stdout.write('', (error) => {
  if (error === undefined || error === null) process.exit(status)
})
