// `hutong completion`: prints a completion script, made from the table of commands.
import { HELP } from '../arguments.ts'
import type { Command, CommandTable } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import type { Vocabulary } from '../format/completion/vocabulary.ts'
import { KINDS } from '../kinds.ts'
import { ACTIONS } from './sem.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export const command: Command = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  usage: ['completion [bash|zsh|fish]'],
  description: [
    'The script completes commands, options, kinds, the schemes of addresses, and what they name. Without a word it is for the shell in $SHELL.',
  ],
  operands: ['shell'],
  options: {},
  examples: [
    { line: 'source <(hutong completion bash)', does: 'for this shell; in ~/.bashrc for all' },
    { line: 'source <(hutong completion zsh)', does: 'in ~/.zshrc, after compinit' },
    { line: 'hutong completion fish > ~/.config/fish/completions/hutong.fish', does: 'once' },
  ],
  async run({ operands }, io, table) {
    const [word = process.env['SHELL']?.split('/').at(-1) ?? '', ...more] = operands
    const shell = SHELLS.find((known) => known === word)
    if (shell === undefined || more.length > 0) {
      throw new UsageError(
        `completion takes one of ${SHELLS.join(', ')}${word === '' ? '' : `, not '${more[0] ?? word}'`}`,
      )
    }
    io.stdout.write(await script(shell, await vocabularyOf(table)))
    return DONE
  },
}

async function script(shell: Shell, vocabulary: Vocabulary): Promise<string> {
  if (shell === 'bash') return (await import('../format/completion/bash.ts')).bashScript(vocabulary)
  if (shell === 'zsh') return (await import('../format/completion/zsh.ts')).zshScript(vocabulary)
  return (await import('../format/completion/fish.ts')).fishScript(vocabulary)
}

async function vocabularyOf(table: CommandTable): Promise<Vocabulary> {
  const { schemes } = await import('../../address/schemes.ts')
  const { listSignals } = await import('../../kernel/signal/names.ts')
  const { ADDRESSED, schemeWord } = await import('../mechanisms.ts')
  const modules = await Promise.all(Object.values(table).map((load) => load()))
  return {
    commands: modules.map(({ command: { name, summary, operands, options } }) => {
      return { word: name, summary, operands, options: Object.entries({ ...options, help: HELP }) }
    }),
    schemes: ADDRESSED.map((kind) => {
      return {
        word: schemeWord(kind),
        summary: schemes[kind].summary,
        options: Object.keys(schemes[kind].options),
      }
    }),
    kinds: KINDS,
    shells: SHELLS,
    actions: ACTIONS,
    signals: listSignals().map(({ name }) => name),
  }
}
