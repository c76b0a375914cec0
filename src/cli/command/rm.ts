// `hutong rm`: removes objects by their addresses, or shared memory that nobody uses.
import type { Command } from '../command.ts'
import { DONE, FAILED, report, UsageError } from '../exit.ts'
import type { Io } from '../io.ts'

export const command: Command = {
  name: 'rm',
  summary: 'remove objects',
  usage: ['rm [--force] ADDRESS...', 'rm --orphans [--yes]'],
  description: [
    'Removes the name of a fifo:, unix:, posix-mq:, posix-sem:, posix-shm: or mmap: address; the object itself ends with its last user. A sysv-mq: or sysv-sem: is gone at once, and whoever waits on it is told (EIDRM); a sysv-shm: loses its key, and ends with its last user. What is there but is not what the address says (fifo:/etc/passwd) stays; so does a unix:/path where somebody listens (EBUSY). Each failure is reported, and the others are removed all the same.',
    '--orphans removes what no process uses: it lists it first and asks. Of shared memory and semaphores in /dev/shm the kernel proves that (a write lease, see fcntl(2)), also of processes that ls may not look into. A System V object goes only if it is attached nowhere, nobody waits on it, and every process that the kernel knows to have made it or used it last has ended; one that was never used stays.',
  ],
  operands: ['address'],
  options: {
    orphans: {
      type: 'boolean',
      help: 'remove shared memory, semaphores and System V objects that no process uses',
    },
    force: { type: 'boolean', short: 'f', help: 'also the path of a Unix socket that is in use' },
    yes: { type: 'boolean', short: 'y', help: 'with --orphans: do not ask' },
  },
  examples: [
    { line: 'hutong rm fifo:/tmp/jobs posix-shm:/frames', does: 'both names are gone' },
    { line: 'hutong rm sysv-mq:0x1234 sysv-shm:id:65538', does: 'one by its key, one by its id' },
    { line: 'hutong rm --orphans', does: 'clean up after programs that ended without doing so' },
  ],
  async run(args, io) {
    if (args.flag('orphans')) {
      if (args.operands.length > 0) throw new UsageError('--orphans finds the addresses itself; give none')
      const { removeOrphans } = await import('../orphans.ts')
      return removeOrphans(io, args.flag('yes'))
    }
    if (args.flag('yes')) throw new UsageError('--yes goes with --orphans')
    if (args.operands.length === 0) throw new UsageError('ADDRESS is missing')
    return removeAll(args.operands, args.flag('force'), io)
  },
}

async function removeAll(words: readonly string[], force: boolean, io: Io): Promise<number> {
  const { addressOf } = await import('../mechanisms.ts')
  const { REMOVABLE, remove } = await import('../removal.ts')
  // All of them are read before the first is removed: a slip in the last address leaves everything in place.
  const addresses = words.map((word) => addressOf(word, REMOVABLE, 'removed'))
  let status = DONE
  for (const address of addresses) {
    try {
      await remove(address, force)
    } catch (error) {
      report(error, io, 'rm')
      status = FAILED
    }
  }
  return status
}
