// `hutong compare`: the tour. A real file moves between real processes over every mechanism.
import type { ParsedArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { DONE, FAILED, UsageError } from '../exit.ts'
import type { Io } from '../io.ts'

const ROUNDS = 10_000
const MOST_ROUNDS = 1_000_000

/** For the help and the completion, which must not load the mechanisms; a test compares them. */
const NAMES = [
  'pipe',
  'splice',
  'fifo',
  'unix',
  'seqpacket',
  'dgram',
  'tcp',
  'sysv-mq',
  'posix-mq',
  'sysv-shm',
  'posix-shm',
  'memfd',
  'mmap',
  'sysv-sem',
  'posix-sem',
  'signal',
]

export const command: Command = {
  name: 'compare',
  summary: 'a tour: move a real file over every mechanism, and measure',
  usage: ['compare [OPTION...] [FILE]'],
  description: [
    'Moves FILE (by default the running node binary) from one process to another over each mechanism in turn. Every mechanism gets two fresh processes. What arrives is compared with the file by SHA-256.',
    'For each it shows the throughput, the time a 64-byte message and its echo take (half of them at most p50, 99 of 100 at most p99), how often each byte was copied and how many system calls were made for a million bytes: counted, by the kernel (/proc/PID/io) and, where it does not count, by the processes themselves.',
    `Mechanisms: ${NAMES.join(', ')}. The exit status is 1 if one of them fails or anything arrives changed.`,
  ],
  operands: ['file'],
  options: {
    only: { type: 'string', value: 'NAME,...', help: 'these mechanisms only', choices: NAMES, list: true },
    rounds: { type: 'string', value: 'N', help: `round trips per mechanism (default ${ROUNDS})` },
    hold: {
      type: 'boolean',
      help: 'wait for Enter in the middle of each transfer, for a look from another terminal',
    },
    json: { type: 'boolean', short: 'J', help: 'the figures as one JSON document, and nothing else' },
  },
  examples: [
    { line: 'hutong compare', does: 'the running node binary over every mechanism' },
    { line: 'hutong compare film.mp4 --only pipe,splice', does: 'a file of yours over two of them' },
    { line: 'hutong compare --hold --only fifo', does: 'stops half-way, to look with lsof or hutong show' },
  ],
  run,
}

async function run(args: ParsedArguments, io: Io): Promise<number> {
  const [path = process.execPath, ...more] = args.operands
  if (more.length > 0) throw new UsageError(`compare takes one file, not ${args.operands.length}`)
  const rounds = args.number('rounds', { min: 1, max: MOST_ROUNDS }) ?? ROUNDS
  const only = args.value('only')?.split(',')
  const unknown = only?.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`--only: there is no mechanism '${unknown}'; there are ${NAMES.join(', ')}`)
  }
  const { tour } = await import('../compare/tour.ts')
  const found = await tour({ path, only, rounds, hold: args.flag('hold'), json: args.flag('json') }, io)
  return found.ok ? DONE : FAILED
}
