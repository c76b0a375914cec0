// `hutong help`: the help of the whole, or of one command.
import { nearest } from '../../address/nearest.ts'
import type { Command, CommandTable } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import { formatHelp, formatOverview } from '../format/help.ts'

export const command: Command = {
  name: 'help',
  summary: 'explain a command',
  usage: ['help [COMMAND]'],
  description: ['The same as hutong COMMAND --help; without COMMAND the list of commands.'],
  operands: ['command'],
  options: {},
  examples: [{ line: 'hutong help send', does: 'how messages are sent' }],
  async run({ operands }, io, table) {
    const [name, ...more] = operands
    if (more.length > 0) throw new UsageError(`help takes one command, not ${operands.length}`)
    io.stdout.write(name === undefined ? await overview(table) : formatHelp(await find(name, table)))
    return DONE
  },
}

/** The text of `hutong --help`. */
export async function overview(table: CommandTable): Promise<string> {
  const modules = await Promise.all(Object.values(table).map((load) => load()))
  return formatOverview(modules.map((module) => module.command))
}

/** The command called `name`; a UsageError with the nearest name if there is none. */
export async function find(name: string, table: CommandTable): Promise<Command> {
  const load = Object.hasOwn(table, name) ? table[name] : undefined
  if (load !== undefined) return (await load()).command
  if (name.startsWith('-'))
    throw new UsageError(`unknown option ${name}: a command comes first; see hutong --help`)
  const near = nearest(name, Object.keys(table))
  throw new UsageError(
    `there is no command '${name}'; ${near === undefined ? 'see hutong --help' : `did you mean ${near}?`}`,
  )
}
