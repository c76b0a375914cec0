// `hutong recv`: messages from whatever an address names.
import { type FramingName, formatAddress } from '../../address/index.ts'
import type { Command } from '../command.ts'
import { DONE, FAILED, UsageError } from '../exit.ts'
import { formatMessage, type MessageForm } from '../format/message.ts'
import { plural } from '../format/text.ts'
import type { Io } from '../io.ts'
import type { ByteAddress } from '../lane/bytes.ts'
import type { ChannelAddress } from '../lane/channel.ts'
import type { Coming, NetworkAddress } from '../lane/come.ts'
import type { MemoryAddress } from '../lane/memory.ts'
import type { Source, StreamAddress } from '../lane/stream.ts'
import { oneOperand } from '../operand.ts'
import type { Wanted } from '../received.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1
const MOST_MESSAGES = 1e15 - 1

export const command: Command = {
  name: 'recv',
  summary: 'receive messages, to standard output',
  usage: ['recv [OPTION...] ADDRESS'],
  description: [
    'Prints one message, or --count of them, each with a newline after it, and takes nothing of the next one. If the sender closes before, what came is printed and the exit status is 1.',
    'On a byte stream (fifo:/path, fd:N, - for standard input) every line is a message, so that echo, printf and any other program can be the sender. ?framing=length, fixed:64 and none are as for send. With none there are no messages: the bytes are printed as they come, until the sender closes. A FIFO waits for a writer.',
    'From a queue: of sysv-mq:KEY the oldest message of any type, of ?type=7 only (-7: of the lowest type up to 7), or of any but ?except=7; one longer than ?msgsize= stays and is E2BIG. Of posix-mq:/name the oldest of the highest priority. Nobody closes a queue: --follow ends when a sysv-mq is removed, else when interrupted.',
    'unix:/path, unix:@name and tcp:host:port listen for one sender, whose bytes are as above; unix: with ?type=seqpacket takes one sender, too, but packets, each of which is a message. With ?type=dgram, and at udp:host:port, packets come from anybody, and nobody closes. A stale path is replaced; the path goes with the command.',
    'shm:name and shm:/path listen for one sender, too, through shared memory: a channel (see hutong/channel). Whatever its codec, the bytes of its messages are printed. Where somebody publishes a topic already, it subscribes; where somebody holds a queue, it takes jobs.',
    'From memory (sysv-shm:KEY, posix-shm:/name, mmap:/path) the text at ?offset= is printed, up to its NUL; with --raw all ?size= bytes, to the end if that is not given.',
  ],
  operands: ['address'],
  options: {
    count: { type: 'string', short: 'n', value: 'COUNT', help: 'so many messages (1 if not given)' },
    follow: {
      type: 'boolean',
      short: 'f',
      help: 'all messages, until the sender closes or the queue is removed',
    },
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
      help: 'one JSON object per message and line: address, type or priority or sender, length, and text, or base64 if it is not UTF-8',
    },
  },
  examples: [
    { line: 'hutong recv fifo:/tmp/jobs', does: 'the next line that somebody writes to /tmp/jobs' },
    { line: 'hutong recv --follow --json fifo:/tmp/log', does: 'every line, for another program' },
    {
      line: "hutong recv 'sysv-mq:0x1234?type=-7' --json",
      does: 'the lowest type up to 7, and which it was',
    },
    {
      line: "hutong recv --follow --json 'unix:@log?type=dgram'",
      does: 'packets, and which process sent each',
    },
    {
      line: 'hutong recv --follow shm:demo',
      does: 'messages through shared memory, for hutong send shm:demo',
    },
    { line: "hutong recv 'posix-shm:/state?offset=64'", does: 'the C string at byte 64' },
    { line: 'hutong recv --raw fifo:/tmp/copy > picture.png', does: 'the bytes of a file' },
  ],
  async run(args, io) {
    const { TALKED, addressOf } = await import('../mechanisms.ts')
    const address = addressOf(oneOperand(args.operands, 'ADDRESS'), TALKED, 'received from')
    const form: MessageForm = { raw: args.flag('raw'), json: args.flag('json') }
    if (form.raw && form.json) throw new UsageError('--raw and --json exclude each other')
    if (args.flag('count') && args.flag('follow'))
      throw new UsageError('--count and --follow exclude each other')
    const count = args.number('count', { min: 1, max: MOST_MESSAGES })
    const timeout = args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
    const wanted = { form, count, follow: args.flag('follow'), timeout }
    switch (address.kind) {
      case 'sysv-mq':
      case 'posix-mq': {
        const { openSource } = await import('../lane/queue.ts')
        const { receiveFrom } = await import('../received.ts')
        return receiveFrom(await openSource(address), wanted, io)
      }
      case 'shm':
        return fromChannel(address, wanted, io)
      case 'unix':
      case 'tcp':
      case 'udp':
        return fromSocket(address, wanted, io)
      case 'sysv-shm':
      case 'posix-shm':
      case 'mmap':
        await fromMemory(address, wanted, io)
        return DONE
      default: {
        const { openSource } = await import('../lane/stream.ts')
        const { budget } = await import('../lane/wait.ts')
        return fromStream({ address, open: () => openSource(address, budget(timeout), timeout) }, wanted, io)
      }
    }
  },
}

async function comingTo({ timeout }: Wanted, io: Io): Promise<Coming> {
  const { budget } = await import('../lane/wait.ts')
  return { left: budget(timeout), timeout, note: io.note, onInterrupt: io.onInterrupt }
}

async function fromChannel(address: ChannelAddress, wanted: Wanted, io: Io): Promise<number> {
  const { openSource } = await import('../lane/channel.ts')
  const { receiveFrom } = await import('../received.ts')
  return receiveFrom(await openSource(address, await comingTo(wanted, io)), wanted, io)
}

async function fromSocket(address: NetworkAddress, wanted: Wanted, io: Io): Promise<number> {
  const { hasPackets } = await import('../lane/come.ts')
  const coming = await comingTo(wanted, io)
  if (address.kind === 'udp' || hasPackets(address)) {
    const { openSource } = await import('../lane/packets.ts')
    const { receiveFrom } = await import('../received.ts')
    return receiveFrom(await openSource(address, coming), wanted, io)
  }
  const { openSource } = await import('../lane/bytes.ts')
  return fromStream({ address, open: () => openSource(address, coming) }, wanted, io)
}

async function fromMemory(address: MemoryAddress, { form, count, follow }: Wanted, io: Io): Promise<void> {
  if (count !== undefined || follow) {
    throw new UsageError(
      `--${follow ? 'follow' : 'count'}: ${address.kind}: is memory, which holds no messages`,
    )
  }
  const { readMemory, nameOf } = await import('../lane/memory.ts')
  const data = readMemory(address, !form.raw)
  io.stdout.write(formatMessage({ data, address: nameOf(address) }, form))
}

/** A byte stream, and how it is opened. */
interface Opening {
  readonly address: StreamAddress | ByteAddress
  open(): Promise<Source>
}

async function fromStream({ address, open }: Opening, wanted: Wanted, io: Io): Promise<number> {
  const { MessageReader } = await import('../lane/messages.ts')
  const { form, count, follow, timeout } = wanted
  const framing: FramingName = address.options.framing ?? (form.raw ? 'none' : 'lines')
  const toTheEnd = follow || (framing === 'none' && count === undefined)
  const most = toTheEnd ? Number.POSITIVE_INFINITY : (count ?? 1)
  const source = await open()
  const { limit } = address.options
  const messages = new MessageReader(source, { framing, limit, exact: !toTheEnd, timeout })
  const printed = framing === 'none' && !form.json ? { ...form, raw: true } : form
  let got = 0
  for (; got < most; got++) {
    const message = await messages.next()
    if (message === null) break
    io.stdout.write(
      formatMessage({ data: message, address: formatAddress({ ...address, options: {} }) }, printed),
    )
  }
  source.close()
  if (toTheEnd || got === most) return DONE
  io.note(`the sender closed ${source.name} after ${got} of ${plural(most, 'message')}`)
  return FAILED
}
