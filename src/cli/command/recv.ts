// `hutong recv`: messages from whatever an address names.
import type { FramingName } from '../../address/index.ts'
import type { ParsedArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { DONE, FAILED, UsageError } from '../exit.ts'
import { formatMessage, type MessageForm } from '../format/message.ts'
import { plural } from '../format/text.ts'
import type { Io } from '../io.ts'
import type { StreamAddress } from '../lane/stream.ts'
import { oneOperand } from '../operand.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1
const MOST_MESSAGES = 1e15 - 1

export const command: Command = {
  name: 'recv',
  summary: 'receive messages, to standard output',
  usage: ['recv [OPTION...] ADDRESS'],
  description: [
    'Prints one message, or --count of them, each with a newline after it, and takes nothing of the next one. If the sender closes before, what came is printed and the exit status is 1.',
    'On a byte stream (fifo:/path, fd:N, - for standard input) every line is a message, so that echo, printf and any other program can be the sender. ?framing=length, fixed:64 and none are as for send. With none there are no messages: the bytes are printed as they come, until the sender closes. A FIFO waits for a writer.',
    'From memory (posix-shm:/name, mmap:/path) the text at ?offset= is printed, up to its NUL; with --raw all ?size= bytes, to the end if that is not given.',
  ],
  operands: ['address'],
  options: {
    count: { type: 'string', short: 'n', value: 'COUNT', help: 'so many messages (1 if not given)' },
    follow: { type: 'boolean', short: 'f', help: 'all messages, until the sender closes' },
    raw: {
      type: 'boolean',
      help: 'no newlines after messages; framing none unless the address says otherwise; all bytes of memory',
    },
    timeout: {
      type: 'string',
      value: 'MS',
      help: 'milliseconds to wait for a writer, and for each message; then exit status 124',
    },
    json: {
      type: 'boolean',
      short: 'J',
      help: 'one JSON object per message and line: address, length, and text, or base64 if it is not UTF-8',
    },
  },
  examples: [
    { line: 'hutong recv fifo:/tmp/jobs', does: 'the next line that somebody writes to /tmp/jobs' },
    { line: 'hutong recv --follow --json fifo:/tmp/log', does: 'every line, for another program' },
    { line: "hutong recv 'posix-shm:/state?offset=64'", does: 'the C string at byte 64' },
    { line: 'hutong recv --raw fifo:/tmp/copy > picture.png', does: 'the bytes of a file' },
  ],
  async run(args, io) {
    const { ADDRESSED, addressOf } = await import('../mechanisms.ts')
    const address = addressOf(oneOperand(args.operands, 'ADDRESS'), ADDRESSED, 'received from')
    const form: MessageForm = { raw: args.flag('raw'), json: args.flag('json') }
    if (form.raw && form.json) throw new UsageError('--raw and --json exclude each other')
    if (args.flag('count') && args.flag('follow'))
      throw new UsageError('--count and --follow exclude each other')
    if (address.kind !== 'posix-shm' && address.kind !== 'mmap') return fromStream(address, form, args, io)
    if (args.flag('count') || args.flag('follow')) {
      throw new UsageError(
        `--${args.flag('count') ? 'count' : 'follow'}: ${address.kind}: is memory, which holds no messages`,
      )
    }
    const { readMemory } = await import('../lane/memory.ts')
    io.stdout.write(formatMessage(readMemory(address, !form.raw), nameOf(address), form))
    return DONE
  },
}

async function fromStream(
  address: StreamAddress,
  form: MessageForm,
  args: ParsedArguments,
  io: Io,
): Promise<number> {
  const { MessageReader } = await import('../lane/messages.ts')
  const { openSource } = await import('../lane/stream.ts')
  const { budget } = await import('../lane/wait.ts')
  const timeout = args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
  const framing: FramingName = address.options.framing ?? (form.raw ? 'none' : 'lines')
  const count = args.number('count', { min: 1, max: MOST_MESSAGES })
  const toTheEnd = args.flag('follow') || (framing === 'none' && count === undefined)
  const wanted = toTheEnd ? Number.POSITIVE_INFINITY : (count ?? 1)
  const source = await openSource(address, budget(timeout), timeout)
  const { limit } = address.options
  const messages = new MessageReader(source, { framing, limit, exact: !toTheEnd, timeout })
  const printed = framing === 'none' && !form.json ? { ...form, raw: true } : form
  let got = 0
  for (; got < wanted; got++) {
    const message = await messages.next()
    if (message === null) break
    io.stdout.write(formatMessage(message, nameOf(address), printed))
  }
  source.close()
  if (toTheEnd || got === wanted) return DONE
  io.note(`the sender closed ${source.name} after ${got} of ${plural(wanted, 'message')}`)
  return FAILED
}

function nameOf(address: { readonly kind: string }): string {
  if ('path' in address) return `${address.kind}:${address.path}`
  if ('name' in address) return `${address.kind}:${address.name}`
  return 'fd' in address ? `fd:${address.fd}` : '-'
}
