// What a completion script knows, and the words that every shell writes alike.
import type { Operand } from '../../command.ts'
import type { OptionSpec } from '../../options.ts'

export interface Word {
  readonly word: string
  readonly summary: string
}

export interface CommandWords extends Word {
  readonly operands: readonly Operand[]
  readonly options: readonly (readonly [name: string, spec: OptionSpec])[]
}

export interface SchemeWords extends Word {
  /** Names of the options that can follow the question mark. */
  readonly options: readonly string[]
}

export interface Vocabulary {
  readonly commands: readonly CommandWords[]
  readonly schemes: readonly SchemeWords[]
  readonly kinds: readonly string[]
  readonly shells: readonly string[]
  /** What sem can do. */
  readonly actions: readonly string[]
  readonly signals: readonly string[]
}

/** Quoted for any of the shells; a single quote is written around itself. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The operand that all further words are. */
export function lastOperand({ operands }: CommandWords): Operand {
  return operands.at(-1) ?? 'text'
}

/** `--pid` and `-p`. */
export function spellings(name: string, { short }: OptionSpec): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
}

/** The lists that operands of a fixed vocabulary have. */
export function listOf(operand: Operand, vocabulary: Vocabulary): readonly string[] | undefined {
  if (operand === 'kind') return vocabulary.kinds
  if (operand === 'action') return vocabulary.actions
  if (operand === 'signal') return vocabulary.signals
  if (operand === 'shell') return vocabulary.shells
  if (operand === 'command') return vocabulary.commands.map(({ word }) => word)
  return undefined
}
