// `hutong make`: creates the object that an address names.
import type { AddressOf } from '../../address/index.ts'
import type { Command } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import { oneOperand } from '../operand.ts'

const MADE = ['fifo', 'posix-shm', 'mmap'] as const
type Made = AddressOf<(typeof MADE)[number]>

export const command: Command = {
  name: 'make',
  summary: 'create an object',
  usage: ['make ADDRESS'],
  description: [
    'ADDRESS is fifo:/path, posix-shm:/name or mmap:/path, with what it is to be in its query: mode (0600 if not given) and, for memory, size (suffixes K, M, G). The object must not exist yet; its space is reserved at once.',
    'Prints the address. It stays until hutong rm removes it.',
  ],
  operands: ['address'],
  options: {},
  examples: [
    { line: 'hutong make fifo:/tmp/jobs', does: 'a FIFO for this user only' },
    { line: "hutong make 'posix-shm:/frames?size=8M&mode=0660'", does: 'shared memory for the group, too' },
  ],
  async run({ operands }, io) {
    const { addressOf } = await import('../mechanisms.ts')
    const address = addressOf(oneOperand(operands, 'ADDRESS'), MADE, 'made')
    const { formatAddress } = await import('../../address/index.ts')
    await make(address)
    io.stdout.write(`${formatAddress({ ...address, options: {} })}\n`)
    return DONE
  },
}

async function make(address: Made): Promise<void> {
  const { mode } = address.options
  const permissions = mode === undefined ? {} : { mode }
  if (mode !== undefined) process.umask(0) // as given, like mkfifo -m
  if (address.kind === 'fifo') {
    const { Fifo } = await import('../../kernel/fifo.ts')
    Fifo.create(address.path, permissions)
    return
  }
  const { size } = address.options
  if (size === undefined) {
    throw new UsageError(`${address.kind}: needs a size: ${address.kind}:${nameOf(address)}?size=4K`)
  }
  if (address.kind === 'posix-shm') {
    const { PosixMemory } = await import('../../kernel/posix/memory.ts')
    PosixMemory.create(address.name, { size, ...permissions }).close()
    return
  }
  const { Mapping } = await import('../../kernel/mapping.ts')
  Mapping.create(address.path, { length: size, ...permissions }).close()
}

function nameOf(address: Exclude<Made, { kind: 'fifo' }>): string {
  return address.kind === 'posix-shm' ? address.name : address.path
}
