// The completion script for zsh.
import type { OptionSpec } from '../../options.ts'
import { type CommandWords, lastOperand, listOf, quoted, spellings, type Vocabulary } from './vocabulary.ts'

export function zshScript(vocabulary: Vocabulary): string {
  const { commands, schemes } = vocabulary
  return `#compdef hutong
# Completion of hutong for zsh. In ~/.zshrc, after compinit: source <(hutong completion zsh)

_hutong_address() {
  local -a names
  if compset -P '*\\?'; then
    compset -P '*&'
    case $IPREFIX in
${schemes
  .filter(({ options }) => options.length > 0)
  .map(
    ({ word, options }) =>
      `      *${word}*) compadd -S '' -- ${options.map((name) => `${name}=`).join(' ')} ;;`,
  )
  .join('\n')}
    esac
  elif compset -P 'fifo:'; then
    _files -g '*(p)'
  elif compset -P 'mmap:'; then
    _files
  elif compset -P 'posix-shm:'; then
    names=(/dev/shm/*(N:t))
    compadd -- /\${^names}
  elif compset -P 'posix-sem:'; then
    names=(/dev/shm/sem.*(N:t))
    compadd -- /\${^names#sem.}
  elif compset -P 'posix-mq:'; then
    names=(/dev/mqueue/*(N:t))
    compadd -- /\${^names}
  elif compset -P 'sysv-mq:'; then
    _hutong_keys msg
  elif compset -P 'sysv-sem:'; then
    _hutong_keys sem
  elif compset -P 'sysv-shm:'; then
    _hutong_keys shm
  else
    compadd -S '' -- ${schemes.map(({ word }) => word).join(' ')}
  fi
}

# Keys of System V objects, and ids of those without one.
_hutong_keys() {
  local key id rest
  local -a names
  while read -r key id rest; do
    if [[ $key == 0 ]]; then
      names+=(id:$id)
    elif [[ $key != key ]]; then
      names+=(0x\${(L)$(( [##16] key & 0xffffffff ))})
    fi
  done </proc/sysvipc/$1
  compadd -- $names
}

_hutong_lockable() {
  if [[ $PREFIX == [./]* ]]; then _files; else _hutong_address; fi
}

_hutong() {
  local -a commands
  commands=(
${commands.map(({ word, summary }) => `    ${quoted(`${word}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'hutong command' commands
    _arguments '--help[the list of commands]' '--version[the version]'
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map((command) => commandCase(command, vocabulary)).join('\n')}
  esac
}

if [[ $funcstack[1] == _hutong ]]; then
  _hutong "$@"
else
  compdef _hutong hutong
fi
`
}

function commandCase(command: CommandWords, vocabulary: Vocabulary): string {
  const options = command.options.map(([name, spec]) => `      ${optionSpec(name, spec)}`)
  return `    ${command.word})
      _arguments -s -S \\
${[...options, ...operandSpecs(command, vocabulary).map((spec) => `      ${quoted(spec)}`)].join(' \\\n')} ;;`
}

/** `'(-p --pid)'{-p,--pid}'[only what…]:PID: '`. */
function optionSpec(name: string, spec: OptionSpec): string {
  const names = spellings(name, spec)
  const repeats = spec.multiple === true
  const before = repeats ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
  const value =
    spec.type === 'boolean'
      ? ''
      : `:${escaped(spec.value ?? 'value')}:${spec.choices ? `(${spec.choices.join(' ')})` : ' '}`
  const after = quoted(`[${escaped(spec.help)}]${value}`)
  return names.length > 1
    ? `${quoted(before)}{${names.join(',')}}${after}`
    : `${quoted(`${before}${names[0]}`)}${after}`
}

function operandSpecs(command: CommandWords, vocabulary: Vocabulary): string[] {
  const operand = lastOperand(command)
  const list = listOf(operand, vocabulary)
  if (operand === 'action') return ['1:address:_hutong_address', `2:action:(${list?.join(' ')})`]
  if (operand === 'program') return ['1:address:_hutong_lockable', '*::program:_normal']
  if (list !== undefined) return [`*:${operand}:(${list.join(' ')})`]
  if (operand === 'file') return ['*:file:_files']
  return [command.operands.includes('address') ? '*:address:_hutong_address' : `*:${operand}: `]
}

/** For a description in _arguments, where brackets and colons have a meaning. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}
