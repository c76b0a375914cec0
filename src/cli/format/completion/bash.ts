// The completion script for bash. It needs nothing but bash 4; the bash-completion package only finds it by itself.
import { type CommandWords, lastOperand, listOf, quoted, spellings, type Vocabulary } from './vocabulary.ts'

const FUNCTIONS = `
# Offers those of the words after the first that go on from it. Colons and equal signs break words in bash, unless quoted:
# what stands before the last break is there already.
_hutong_reply() {
  local cur=$1 cut= word
  shift
  [[ -z $hutong_quote && $COMP_WORDBREAKS == *:* ]] && cut=\${cur%"\${cur##*[:=]}"}
  for word in "$@"; do
    word=$hutong_before$word
    [[ $word == "$cur"* ]] && COMPREPLY+=("\${word#"$cut"}")
  done
}

# Offers names of files: any user may have called one $(anything), and what bash would read as more than a word is left
# to be typed.
_hutong_names() {
  local cur=$1 word odd='[][:space:][:cntrl:]|&;<>()$\`\\\\"'"'"'*?{}#~!['']'
  local -a plain=()
  shift
  for word in "$@"; do [[ $word == *$odd* ]] || plain+=("$word"); done
  _hutong_reply "$cur" "\${plain[@]}"
}

# Files behind a scheme: those that pass test's letter (p: FIFO, f: file), and folders.
_hutong_files() {
  local cur=$1 scheme=$2 letter=$3 path IFS=$'\\n'
  local -a found=()
  compopt -o nospace 2>/dev/null
  for path in $(compgen -f -- "\${cur#"$scheme"}"); do
    if [[ -d $path ]]; then found+=("$scheme$path/"); elif test "-$letter" "$path"; then found+=("$scheme$path"); fi
  done
  _hutong_names "$cur" "\${found[@]}"
}

# Keys of System V objects, and ids of those without one.
_hutong_keys() {
  local cur=$1 scheme=$2 key id rest
  local -a found=()
  while read -r key id rest; do
    if [[ $key == 0 ]]; then
      found+=("$scheme:id:$id")
    elif [[ $key != key ]]; then
      printf -v key 0x%x $((key & 0xffffffff))
      found+=("$scheme:$key")
    fi
  done 2>/dev/null </proc/sysvipc/$3
  _hutong_reply "$cur" "\${found[@]}"
}

# Names of an address's options, after its question mark.
_hutong_query() {
  local cur=$1 name
  local head=\${cur%"\${cur##*[?&]}"}
  local -a found=()
  shift
  compopt -o nospace 2>/dev/null
  for name in "$@"; do found+=("$head$name="); done
  _hutong_reply "$cur" "\${found[@]}"
}
`

export function bashScript(vocabulary: Vocabulary): string {
  const { commands } = vocabulary
  const first = [...commands.map(({ word }) => word), '--help', '--version']
  return `# Completion of hutong for bash. In ~/.bashrc: source <(hutong completion bash)
${FUNCTIONS}
${addressFunction(vocabulary)}
_hutong() {
  local cur=\${COMP_LINE:0:COMP_POINT} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local hutong_quote= hutong_before=
  cur=\${cur##*[[:space:]]}
  if [[ $cur == [\\'\\"]* ]]; then
    hutong_quote=\${cur:0:1}
    cur=\${cur:1}
  fi
  if [[ $cur == --*=* ]]; then
    previous=\${cur%%=*}
    hutong_before=$previous=
  fi
  COMPREPLY=()
  if [[ \${COMP_LINE:0:COMP_POINT} != *[[:space:]]*[^[:space:]]*[[:space:]]* ]]; then
    _hutong_reply "$cur" ${words(first)}
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map((command) => commandCase(command, vocabulary)).join('\n')}
  esac
}

complete -F _hutong hutong
`
}

function addressFunction({ schemes }: Vocabulary): string {
  const queries = schemes
    .filter(({ options }) => options.length > 0)
    .map(({ word, options }) => `    ${quoted(word)}*'?'*) _hutong_query "$1" ${words(options)} ;;`)
  return `_hutong_address() {
  local -a names
  case $1 in
${queries.join('\n')}
    fifo:*) _hutong_files "$1" fifo: p ;;
    mmap:*) _hutong_files "$1" mmap: f ;;
    posix-shm:*)
      names=(/dev/shm/*)
      _hutong_names "$1" "\${names[@]/#\\/dev\\/shm/posix-shm:}" ;;
    posix-sem:*)
      names=(/dev/shm/sem.*)
      _hutong_names "$1" "\${names[@]/#\\/dev\\/shm\\/sem./posix-sem:/}" ;;
    posix-mq:*)
      names=(/dev/mqueue/*)
      _hutong_names "$1" "\${names[@]/#\\/dev\\/mqueue/posix-mq:}" ;;
    sysv-mq:*) _hutong_keys "$1" sysv-mq msg ;;
    sysv-sem:*) _hutong_keys "$1" sysv-sem sem ;;
    sysv-shm:*) _hutong_keys "$1" sysv-shm shm ;;
    *)
      compopt -o nospace 2>/dev/null
      _hutong_reply "$1" ${words(schemes.map(({ word }) => word))} ;;
  esac
}
`
}

function commandCase(command: CommandWords, vocabulary: Vocabulary): string {
  const values = command.options
    .filter(([, { type }]) => type === 'string')
    .map(([name, spec]) => {
      const reply = spec.choices === undefined ? '' : ` _hutong_reply "$cur" ${words(spec.choices)};`
      return `        ${spellings(name, spec).join(' | ')})${reply} return ;;`
    })
  const options = command.options.flatMap(([name, spec]) => spellings(name, spec))
  return `    ${command.word})
      case $previous in
${[...values, '        *) ;;'].join('\n')}
      esac
      case $cur in
        -?*) _hutong_reply "$cur" ${words(options)} ;;
        *) ${operandReply(command, vocabulary)} ;;
      esac ;;`
}

function operandReply(command: CommandWords, vocabulary: Vocabulary): string {
  const list = listOf(lastOperand(command), vocabulary)
  if (lastOperand(command) === 'action' && list !== undefined) {
    // An address has a colon, and stands before.
    const after = `[[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]]*:*[[:space:]]* ]]`
    return `if ${after}; then _hutong_reply "$cur" ${words(list)}; else _hutong_address "$cur"; fi`
  }
  if (list !== undefined) return `_hutong_reply "$cur" ${words(list)}`
  if (lastOperand(command) === 'program') {
    // A path, and everything behind the dashes.
    const other = `$cur == [./]* || \${COMP_LINE:0:COMP_POINT} == *[[:space:]]--[[:space:]]*`
    return `if [[ ${other} ]]; then compopt -o default 2>/dev/null; else _hutong_address "$cur"; fi`
  }
  if (lastOperand(command) === 'file') return 'compopt -o default 2>/dev/null'
  return command.operands.includes('address') ? '_hutong_address "$cur"' : ':'
}

function words(list: readonly string[]): string {
  return list.map((word) => (/^[\w:=+-]+$/.test(word) ? word : quoted(word))).join(' ')
}
