// `hutong ls`: every object that this host's processes share.

import { nearest } from '../../address/nearest.ts'
import type { ObjectKind, Unseen } from '../../inspect/model.ts'
import type { ParsedArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import {
  COLUMN_NAMES,
  type ColumnName,
  DEFAULT_COLUMNS,
  formatListing,
  type ListingStyle,
} from '../format/ls.ts'
import { plural } from '../format/text.ts'
import type { Io } from '../io.ts'
import { KINDS, kindOf } from '../kinds.ts'
import { select } from '../selection.ts'

export const command: Command = {
  name: 'ls',
  summary: "list what this host's processes share",
  usage: ['ls [OPTION...] [KIND...]'],
  description: [
    `KIND is one of ${KINDS.join(', ')}; all of them if none is given.`,
    'SIZE is what is queued (pipe, fifo: bytes of those that fit; sockets: bytes, or connections that wait to be accepted; queues: messages), the bytes of memory, the semaphores of a set, or a value; USERS are the processes that hold it and how, wait on it, or used it last. How full a pipe is, is asked through a descriptor borrowed from its process with pidfd_getfd(2); a ? stands for what may not be asked.',
    'Without KIND, --pid or --all, what joins no processes is left out and counted: wake-up pipes, eventfds, memory and locks of one process alone, files that nobody maps for writing. A FIFO is seen only while a process has it open; so is a posix-mq, unless an mqueue file system is mounted or may be looked at (CAP_SYS_ADMIN).',
    "Another user's processes are seen by root only; how many could not be seen is said on standard error (with --json: in unseen).",
  ],
  operands: ['kind'],
  options: {
    all: { type: 'boolean', short: 'a', help: 'also what joins no processes' },
    pid: {
      type: 'string',
      short: 'p',
      value: 'PID[,PID...]',
      multiple: true,
      help: 'only what these processes hold',
    },
    orphans: { type: 'boolean', help: 'only what stays though no process seen uses it' },
    json: {
      type: 'boolean',
      short: 'J',
      help: 'one JSON document: host, processes, objects, attachments, unseen; implies --all',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'COLUMNS',
      choices: COLUMN_NAMES,
      list: true,
      help: `which columns, separated by commas (a + in front adds to the usual ones): ${COLUMN_NAMES.join(', ')}`,
    },
    noheadings: { type: 'boolean', help: 'no line of headings' },
    sort: {
      type: 'string',
      value: 'COLUMN',
      choices: COLUMN_NAMES,
      list: true,
      help: 'sort by a column; -COLUMN sorts downwards (--sort=-size)',
    },
    bytes: { type: 'boolean', short: 'b', help: 'sizes in bytes' },
    'no-peek': {
      type: 'boolean',
      help: 'borrow no descriptors: sizes of pipes and seals of memfds stay unknown',
    },
  },
  examples: [
    { line: 'hutong ls', does: 'who is joined to whom' },
    { line: 'hutong ls pipe --sort=-size', does: 'the fullest pipes first: their readers lag behind' },
    {
      line: 'hutong ls --orphans -o address --noheadings',
      does: 'what somebody forgot to remove',
    },
    { line: "hutong ls --json | jq '.objects[].id'", does: 'for scripts' },
  ],
  async run(args, io) {
    const selection = {
      kinds: args.operands.map(kindOf),
      pids: args.values('pid').flatMap(pidsOf),
      orphans: args.flag('orphans'),
    }
    const style = styleOf(args)
    const { collect } = await import('../../inspect/index.ts')
    const { checkPids, unseenError, withoutOurselves } = await import('../observer.ts')
    checkPids(selection.pids)
    const host = withoutOurselves(await collect({ peek: !args.flag('no-peek') }))
    const unseen = selection.pids.find((pid) => host.unseen.processes.includes(pid))
    if (unseen !== undefined) throw unseenError(unseen)
    const everything =
      args.flag('json') || args.flag('all') || selection.kinds.length + selection.pids.length > 0
    const selected = select(host, { ...selection, all: everything })
    if (args.flag('json')) {
      io.stdout.write(`${JSON.stringify(selected.host, null, 2)}\n`)
      return DONE
    }
    const { readNames } = await import('../users.ts')
    const listing = formatListing(selected.host, readNames(), style, io.stdout)
    io.stdout.write(listing)
    if (listing === '' && io.stdout.isTerminal) io.note('nothing to show')
    tellWhatIsMissing(io, host.unseen, { leftOut: selected.leftOut, kinds: selection.kinds })
    return DONE
  },
}

interface Shown {
  readonly leftOut: number
  readonly kinds: readonly ObjectKind[]
}

function tellWhatIsMissing(io: Io, { processes, unlisted }: Unseen, { leftOut, kinds }: Shown): void {
  const wanted = unlisted.filter((kind) => kinds.length === 0 || kinds.includes(kind))
  const parts = [
    ...(leftOut > 0 ? [`${leftOut} more that join no processes (--all shows them)`] : []),
    ...(processes.length > 0
      ? [`${plural(processes.length, 'process', 'processes')} may not be looked into`]
      : []),
    ...wanted.map((kind) => `${kind} that no process has open are not seen (no mqueue is mounted)`),
  ]
  if (parts.length > 0) io.note(parts.join('; '))
}

function styleOf(args: ParsedArguments): ListingStyle {
  const sort = args.value('sort')
  return {
    columns: columnsOf(args.value('output')),
    headings: !args.flag('noheadings'),
    bytes: args.flag('bytes'),
    ...(sort === undefined
      ? {}
      : { sort: { by: columnOf(sort.replace(/^-/, ''), 'sort'), descending: sort.startsWith('-') } }),
  }
}

function columnsOf(list: string | undefined): readonly ColumnName[] {
  if (list === undefined) return DEFAULT_COLUMNS
  const named = list
    .replace(/^\+/, '')
    .split(',')
    .map((word) => columnOf(word, 'output'))
  return list.startsWith('+') ? [...DEFAULT_COLUMNS, ...named] : named
}

function columnOf(word: string, option: string): ColumnName {
  const found = COLUMN_NAMES.find((name) => name === word.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(word, COLUMN_NAMES)
  throw new UsageError(
    `--${option}: there is no column '${word}'${near === undefined ? '' : `; did you mean ${near}?`} (columns: ${COLUMN_NAMES.join(', ')})`,
  )
}

function pidsOf(list: string): number[] {
  return list.split(',').map((word) => {
    if (/^[1-9][0-9]{0,8}$/.test(word)) return Number(word)
    throw new UsageError(`--pid must be process ids, not '${word}'`)
  })
}
