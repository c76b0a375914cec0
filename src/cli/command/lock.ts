// `hutong lock`: runs a command while a lock is held.
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1

export const command: Command = {
  name: 'lock',
  summary: 'run a command while a lock is held',
  usage: ['lock [OPTION...] ADDRESS|PATH -- COMMAND [ARGUMENT...]'],
  description: [
    'A PATH, or mmap:/path, is a file that is locked with flock(2), as flock(1) and many daemons do, so these exclude each other. It is made if there is none (?mode=0644; 0600 if not given), and stays. A PATH begins with / or a dot.',
    'sysv-sem:KEY (?index= says which of the set) and posix-sem:/name are semaphores, made with ?value=1 before: one unit is taken, and given back at the end.',
    'When hutong is killed, the kernel gives back the file and the System V semaphore (SEM_UNDO), and COMMAND goes on without. For a POSIX semaphore nobody does that: it stays taken until somebody posts it.',
    'The exit status is that of COMMAND, 128+n if signal n ended it, 127 if it was not found, 126 if it could not be run; without the lock 1, or 124 after --timeout. Signals to hutong (HUP, INT, QUIT, TERM, USR2) are passed on to COMMAND.',
  ],
  operands: ['address', 'program'],
  options: {
    timeout: { type: 'string', value: 'MS', help: 'milliseconds to wait for the lock; then exit status 124' },
    try: { type: 'boolean', short: 'n', help: 'do not wait: EAGAIN and exit status 1 if it is held' },
    shared: { type: 'boolean', short: 's', help: 'a file: many may hold it so, but nobody exclusively' },
  },
  examples: [
    { line: 'hutong lock /run/backup.lock -- rsync -a /home /backup', does: 'one backup at a time' },
    { line: 'hutong lock --try ./job.lock -- ./job', does: 'or not at all, if it runs already' },
    {
      line: "hutong lock 'sysv-sem:0x1234?index=1' -- make",
      does: 'as many at once as the semaphore has units',
    },
  ],
  async run(args, io) {
    const [word, program, ...programArguments] = args.operands
    if (word === undefined) throw new UsageError('ADDRESS or PATH is missing')
    if (program === undefined) throw new UsageError('COMMAND is missing: hutong lock ADDRESS -- COMMAND')
    if (args.flag('timeout') && args.flag('try'))
      throw new UsageError('--timeout and --try exclude each other')
    const timeout = args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
    const { lockableOf } = await import('../lane/lockable.ts')
    const lockable = await lockableOf(word, args.flag('shared'))
    const { runLocked } = await import('../locked.ts')
    return runLocked({ program, args: programArguments }, lockable, { timeout, only: args.flag('try'), io })
  },
}
