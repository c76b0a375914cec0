// The completion script for fish.
import type { OptionSpec } from '../../options.ts'
import { type CommandWords, lastOperand, listOf, type SchemeWords, type Vocabulary } from './vocabulary.ts'

export function fishScript(vocabulary: Vocabulary): string {
  const { commands, schemes } = vocabulary
  const lines = commands.flatMap((command) => commandLines(command, vocabulary))
  return `# Completion of hutong for fish: hutong completion fish > ~/.config/fish/completions/hutong.fish

# Keys of System V objects, and ids of those without one.
function __hutong_keys
    for line in (string match -rv key </proc/sysvipc/$argv[2])
        set -l fields (string split -n ' ' -- $line)
        if test $fields[1] = 0
            echo $argv[1]:id:$fields[2]
        else if test $fields[1] -lt 0
            echo $argv[1]:(math --base=hex "$fields[1] + 4294967296")
        else
            echo $argv[1]:(math --base=hex $fields[1])
        end
    end
end

function __hutong_address
    set -l word (string unescape -- (commandline -ct))
    switch "$word"
${schemes
  .filter(({ options }) => options.length > 0)
  .map(queryCase)
  .join('\n')}
        case 'fifo:*' 'mmap:*'
            set -l scheme (string replace -r ':.*' ':' -- $word)
            printf '%s\\n' $scheme(__fish_complete_path (string replace -r '^[a-z]+:' '' -- $word))
        case 'posix-shm:*'
            for path in /dev/shm/*
                printf 'posix-shm:/%s\\n' (path basename -- $path 2>/dev/null; or basename -- $path)
            end
        case 'posix-sem:*'
            for path in /dev/shm/sem.*
                printf 'posix-sem:/%s\\n' (string replace -r '.*/sem\\.' '' -- $path)
            end
        case 'posix-mq:*'
            for path in /dev/mqueue/*
                printf 'posix-mq:/%s\\n' (string replace -r '.*/' '' -- $path)
            end
        case 'sysv-mq:*'
            __hutong_keys sysv-mq msg
        case 'sysv-sem:*'
            __hutong_keys sysv-sem sem
        case 'sysv-shm:*'
            __hutong_keys sysv-shm shm
        case '*'
${schemes.map(({ word, summary }) => `            printf '%s\\t%s\\n' ${fishQuoted(word)} ${fishQuoted(summary)}`).join('\n')}
    end
end

complete -c hutong -f
complete -c hutong -n __fish_use_subcommand -l help -d 'the list of commands'
complete -c hutong -n __fish_use_subcommand -l version -d 'the version'
${lines.join('\n')}
`
}

function queryCase({ word, options }: SchemeWords): string {
  return `        case '${word}*\\?*'
            printf '%s\\n' (string replace -r '[^?&]*$' '' -- $word)${`{${options.map((name) => `${name}=`).join(',')}}`}`
}

function commandLines(command: CommandWords, vocabulary: Vocabulary): string[] {
  const { word, summary, options } = command
  const inside = `-n '__fish_seen_subcommand_from ${word}'`
  return [
    `complete -c hutong -n __fish_use_subcommand -a ${word} -d ${fishQuoted(summary)}`,
    ...options.map(([name, spec]) => `complete -c hutong ${inside} ${optionWords(name, spec)}`),
    ...operandLines(command, vocabulary).map((words) => `complete -c hutong ${inside} ${words}`),
  ]
}

function optionWords(name: string, { short, type, choices, help }: OptionSpec): string {
  const letter = short === undefined ? '' : ` -s ${short}`
  const value =
    type === 'boolean' ? '' : ` -x${choices === undefined ? '' : ` -a ${fishQuoted(choices.join(' '))}`}`
  return `-l ${name}${letter}${value} -d ${fishQuoted(help)}`
}

function operandLines(command: CommandWords, vocabulary: Vocabulary): string[] {
  const list = listOf(lastOperand(command), vocabulary)
  if (lastOperand(command) === 'action' && list !== undefined) {
    return [`-a '(__hutong_address)'`, `-a ${fishQuoted(list.join(' '))}`]
  }
  if (lastOperand(command) === 'program') return [`-a '(__hutong_address)'`, '-F']
  if (list !== undefined) return [`-a ${fishQuoted(list.join(' '))}`]
  if (lastOperand(command) === 'file') return ['-F']
  return command.operands.includes('address') ? [`-a '(__hutong_address)'`] : []
}

/** Inside single quotes fish knows two escapes. */
function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
