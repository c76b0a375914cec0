// How a command says which options it has.

/** One option of a command: `--name`, and where it has one a letter. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** The value's name in the help, in capitals: `MS`. Every string option has one. */
  readonly value?: string
  /** May be given more than once; otherwise the last one counts. */
  readonly multiple?: boolean
  /** One line of the help. */
  readonly help: string
  /** The values it can have; a shell completion offers them. */
  readonly choices?: readonly string[]
  /** The value is made of the choices (a list, a sign before one), which the command itself checks. */
  readonly list?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>
