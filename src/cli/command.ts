// What a command is. Each lives in command/<name>.ts and exports one `command`.
import type { ParsedArguments } from './arguments.ts'
import type { Io } from './io.ts'
import type { OptionSpecs } from './options.ts'

export type { OptionSpec, OptionSpecs } from './options.ts'

/** What stands on a command line apart from options; a shell completion offers fitting words. */
export type Operand =
  | 'address'
  | 'kind'
  | 'file'
  | 'shell'
  | 'command'
  | 'action'
  | 'program'
  | 'signal'
  | 'text'

export interface Example {
  /** A whole command line, as one types it. */
  readonly line: string
  /** What it does, in a few words. */
  readonly does: string
}

/**
 * A command. Its module is imported to print the help, too: what it only needs to run (the kernel classes, the
 * inspector) is imported inside `run`, so that `--help` stays quick.
 */
export interface Command {
  readonly name: string
  /** One line without a full stop, for the list of commands. */
  readonly summary: string
  /** What follows `hutong`: `ls [KIND...]`; one entry per form. */
  readonly usage: readonly string[]
  /** Paragraphs of the help, after the usage. */
  readonly description: readonly string[]
  /** The operands, in order; the last one repeats. */
  readonly operands: readonly Operand[]
  readonly options: OptionSpecs
  readonly examples: readonly Example[]
  /** Gives the exit status (see exit.ts), or throws: a UsageError, a SysError, a TimeoutError. */
  run(args: ParsedArguments, io: Io, table: CommandTable): Promise<number>
}

/** Every command by name, in the order of the help; each is loaded when it is wanted. */
export type CommandTable = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>
