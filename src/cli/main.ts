#!/usr/bin/env node
// The command `hutong`: finds the command named first, runs it, ends with its exit status.
import { createRequire } from 'node:module'
import { asksForHelp, readArguments } from './arguments.ts'
import { find, overview } from './command/help.ts'
import type { Command } from './command.ts'
import { DONE, FAILED, report, USAGE } from './exit.ts'
import { formatHelp } from './format/help.ts'
import { processIo } from './io.ts'
import { commands } from './table.ts'

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words
  const io = processIo()
  if (name === undefined) {
    io.stderr.write(await overview(commands))
    return USAGE
  }
  if (name === '--help' || name === '-h') {
    io.stdout.write(await overview(commands))
    return DONE
  }
  if (name === '--version' || name === '-V') {
    const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
    io.stdout.write(`hutong ${version}\n`)
    return DONE
  }
  try {
    return await runCommand(await find(name, commands), rest)
  } catch (error) {
    return report(error, io)
  }
}

async function runCommand(command: Command, words: readonly string[]): Promise<number> {
  const io = processIo(command.name)
  try {
    if (asksForHelp(words, command.options)) {
      io.stdout.write(formatHelp(command))
      return DONE
    }
    return await command.run(readArguments(words, command.options), io, commands)
  } catch (error) {
    return report(error, io, command.name)
  }
}

// Whoever reads our output may leave (`hutong ls | head -1`): nothing is wrong then, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(DONE)
  process.stderr.write(`hutong: ${error.code}: cannot write to standard output\n`, () => process.exit(FAILED))
})
process.stderr.on('error', () => {})

const status = await main(process.argv.slice(2))
// Not left to the event loop, which an operation still under way (after a timeout) would keep busy. After a failed write
// the error is on its way to the listener above.
process.stdout.write('', (error) => {
  if (error === undefined || error === null) process.exit(status)
})
