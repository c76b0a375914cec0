// `hutong make`: creates the object that an address names.
import type { Command } from '../command.ts'
import { DONE } from '../exit.ts'
import { oneOperand } from '../operand.ts'

export const command: Command = {
  name: 'make',
  summary: 'create an object',
  usage: ['make ADDRESS'],
  description: [
    'ADDRESS, and what its query can say beside mode: fifo:/path, sysv-mq:KEY (capacity), sysv-sem:KEY (count, value), sysv-shm:KEY (size), posix-mq:/name (maxmsg, msgsize), posix-sem:/name (value), posix-shm:/name (size), mmap:/path (size). KEY is 0x1234, 1234, or /path#project for ftok(3). Sizes take the suffixes K, M, G.',
    'The object must not exist yet; memory is reserved at once. The mode is 0600 if not given, and as given whatever the umask. sysv-mq:0 (likewise for the others) makes an object without a key: IPC_PRIVATE.',
    'Prints the address. It stays until hutong rm removes it.',
  ],
  operands: ['address'],
  options: {},
  examples: [
    { line: 'hutong make fifo:/tmp/jobs', does: 'a FIFO for this user only' },
    { line: "hutong make 'posix-shm:/frames?size=8M&mode=0660'", does: 'shared memory for the group, too' },
    { line: 'hutong make sysv-mq:0x1234', does: 'a queue that ipcs lists, and ipcrm -Q 0x1234 removes' },
    {
      line: "hutong make 'sysv-sem:/etc/hosts#7?count=3&value=1'",
      does: 'three semaphores; the key is that of ftok(3)',
    },
  ],
  async run({ operands }, io) {
    const { addressOf } = await import('../mechanisms.ts')
    const { MADE, make } = await import('../lane/made.ts')
    const address = await make(addressOf(oneOperand(operands, 'ADDRESS'), MADE, 'made'))
    io.stdout.write(`${address}\n`)
    return DONE
  },
}
