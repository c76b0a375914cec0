// The help texts. docs/command.md holds the same text, and a test compares them; so the width is fixed.
import { HELP } from '../arguments.ts'
import type { Command } from '../command.ts'
import type { OptionSpec } from '../options.ts'
import { wrap } from './wrap.ts'

const WIDTH = 80
const EXIT =
  'Exit status: 0 done, 1 the operation failed, 2 the command line is wrong, 124 timed out, 130 interrupted.'

/** `hutong NAME --help`. */
export function formatHelp(command: Command): string {
  const options = Object.entries({ ...command.options, help: HELP }).map(([name, spec]): Row => {
    return [optionText(name, spec), spec.help]
  })
  const blocks = [
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    `Usage:\n${command.usage.map((form) => `  hutong ${form}`).join('\n')}`,
    ...command.description.map((paragraph) => wrap(paragraph, WIDTH).join('\n')),
    `Options:\n${rows(options)}`,
    `Examples:\n${command.examples.map(({ line, does }) => `  ${line}\n      ${does}`).join('\n')}`,
  ]
  return `${blocks.join('\n\n')}\n`
}

/** `hutong --help`. */
export function formatOverview(commands: readonly Command[]): string {
  const blocks = [
    wrap('hutong: every way two Linux processes can talk, from the command line.', WIDTH).join('\n'),
    'Usage:\n  hutong COMMAND [OPTION...] [OPERAND...]\n  hutong --version',
    `Commands:\n${rows(commands.map(({ name, summary }): Row => [name, summary]))}`,
    wrap(
      'An ADDRESS names one object: fifo:/run/jobs, sysv-mq:0x1234, posix-sem:/gate, mmap:/tmp/table, fd:3, ' +
        '- (standard input or output); options follow as a query, posix-shm:/frames?size=1M&mode=0600.',
      WIDTH,
    ).join('\n'),
    wrap(EXIT, WIDTH).join('\n'),
    `Examples:\n  hutong ls\n      what this host's processes share\n  hutong compare\n      a tour: a real file moves between two processes over every mechanism\n  hutong help send\n      the same as hutong send --help`,
  ]
  return `${blocks.join('\n\n')}\n`
}

type Row = readonly [left: string, right: string]

function optionText(name: string, spec: OptionSpec): string {
  const letter = spec.short === undefined ? '    ' : `-${spec.short}, `
  return `${letter}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`
}

/** Two columns; what is too long for the right one goes on below itself. */
function rows(list: readonly Row[]): string {
  const left = Math.max(...list.map(([text]) => text.length)) + 4
  return list
    .flatMap(([text, right]) =>
      wrap(right, WIDTH - left).map(
        (line, index) => `${(index === 0 ? `  ${text}` : '').padEnd(left)}${line}`,
      ),
    )
    .join('\n')
}
