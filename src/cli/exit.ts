// Exit statuses, and the one line that says why.
import { cut, shown } from './format/text.ts'
import type { Io } from './io.ts'

export const DONE = 0
/** The operation failed. */
export const FAILED = 1
/** The command line is wrong: nothing has been done. */
export const USAGE = 2
/** The time given by --timeout has passed, as in timeout(1). */
export const TIMED_OUT = 124

/** The command line is wrong; `message` is one line that names the option or operand. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** Prints the one line that `error` deserves and gives the exit status. Errors are known by their names and codes. */
export function report(error: unknown, io: Io, command?: string): number {
  const told = error instanceof Error ? error : new Error(String(error))
  const who = command === undefined ? 'hutong' : `hutong ${command}`
  if (told.name === 'AddressError') return reportAddress(told, io, who)
  io.stderr.write(`${who}: ${io.stderr.paint('red', shown(messageOf(told)))}\n`)
  if (told.name === 'UsageError') return USAGE
  if (told.name === 'TimeoutError') return TIMED_OUT
  // A programming error of ours: the trace is worth having, but only for those who ask.
  if (!('code' in told) && process.env['HUTONG_TRACE'] !== undefined) io.stderr.write(`${told.stack}\n`)
  return FAILED
}

/** System errors begin with their code already. */
function messageOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return error.message.startsWith(code) ? error.message : `${code}${error.message}`
}

/** An address is a line, too; on a terminal the place is shown under it. */
function reportAddress(error: Error, io: Io, who: string): number {
  const [reason = '', ...place] = error.message.split('\n')
  const address = 'address' in error ? ` in '${cut(String(error.address), 200)}'` : ''
  io.stderr.write(`${who}: ${io.stderr.paint('red', shown(reason + address))}\n`)
  if (io.stderr.isTerminal) io.stderr.write(`${place.join('\n')}\n`)
  return USAGE
}
