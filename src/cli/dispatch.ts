// From the words of a command line to the command that runs them.
import { createRequire } from 'node:module'
import { asksForHelp, readArguments } from './arguments.ts'
import { find, overview } from './command/help.ts'
import type { Command } from './command.ts'
import { DONE, report, USAGE } from './exit.ts'
import { formatHelp } from './format/help.ts'
import type { Io } from './io.ts'
import { commands } from './table.ts'

/** Runs `hutong ...words` and gives its exit status; whatever goes wrong is told on standard error. */
export async function dispatch(words: readonly string[], ioFor: (command?: string) => Io): Promise<number> {
  const [name, ...rest] = words
  const io = ioFor()
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
    return await runCommand(await find(name, commands), rest, ioFor(name))
  } catch (error) {
    return report(error, io)
  }
}

async function runCommand(command: Command, words: readonly string[], io: Io): Promise<number> {
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
