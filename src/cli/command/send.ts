// `hutong send`: messages to whatever an address names.
import type { FramingName } from '../../address/index.ts'
import type { ParsedArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import type { Io } from '../io.ts'
import type { ByteAddress } from '../lane/bytes.ts'
import type { ChannelAddress } from '../lane/channel.ts'
import type { Coming, NetworkAddress } from '../lane/come.ts'
import type { MemoryAddress } from '../lane/memory.ts'
import type { QueueAddress, QueueSink } from '../lane/queue.ts'
import type { Sink, StreamAddress } from '../lane/stream.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1

export const command: Command = {
  name: 'send',
  summary: 'send messages, from arguments or standard input',
  usage: ['send [OPTION...] ADDRESS [MESSAGE...]'],
  description: [
    'Each MESSAGE is one message; without any, all of standard input is one (a last newline is not part of it), or with --lines each of its lines.',
    'On a byte stream (fifo:/path, fd:N, - for standard output) a newline ends each message, so that cat, read and any other program can be the reader. ?framing=length puts its length before each message instead (then it may hold newlines), fixed:64 takes messages of 64 bytes only, none writes bytes and nothing else. A FIFO waits for a reader.',
    'To a queue (sysv-mq:KEY, posix-mq:/name) each message goes as it is, with ?type=7 (1 if not given) or ?priority=5 (0 if not given), and waits while the queue is full.',
    'unix:/path, unix:@name and tcp:host:port connect to whoever listens, and carry bytes as above; unix: with ?type=seqpacket or dgram, and udp:host:port, carry each message as one packet. A receiver that is not there yet is waited for: one second, or --timeout.',
    'shm:name and shm:/path connect through shared memory to whoever listens: a channel (see hutong/channel), hutong recv, or the holder of a queue. Each message goes as it is, whatever the codec there.',
    'To memory (sysv-shm:KEY, posix-shm:/name, mmap:/path) one message is written at ?offset=, and a NUL after it.',
  ],
  operands: ['address', 'text'],
  options: {
    lines: { type: 'boolean', short: 'l', help: 'one message per line of standard input, each sent at once' },
    raw: {
      type: 'boolean',
      help: 'bytes as they come: framing none unless the address says otherwise, no NUL in memory',
    },
    timeout: {
      type: 'string',
      value: 'MS',
      help: 'milliseconds to wait for a reader, and for room for each message; then exit status 124',
    },
  },
  examples: [
    { line: 'hutong send fifo:/tmp/jobs build test', does: 'two lines for whoever reads /tmp/jobs' },
    { line: 'tail -f log | hutong send --lines fifo:/tmp/log', does: 'each line as it comes' },
    {
      line: "hutong send 'sysv-mq:0x1234?type=7' job",
      does: 'a message of type 7, which stays until it is received',
    },
    { line: "hutong send 'unix:/run/app.sock?type=dgram' reload", does: 'one packet' },
    { line: 'hutong send shm:demo hello', does: 'a message through shared memory, for hutong recv shm:demo' },
    { line: "hutong send 'posix-shm:/state?offset=64' ready", does: 'a C string at byte 64' },
    { line: 'hutong send --raw fifo:/tmp/copy < picture.png', does: 'the bytes of a file' },
  ],
  async run(args, io) {
    const [word, ...operands] = args.operands
    if (word === undefined) throw new UsageError('ADDRESS is missing')
    const { TALKED, addressOf } = await import('../mechanisms.ts')
    const address = addressOf(word, TALKED, 'sent to')
    if (args.flag('lines') && args.flag('raw')) throw new UsageError('--lines and --raw exclude each other')
    if (args.flag('lines') && operands.length > 0) {
      throw new UsageError('--lines reads standard input; give no MESSAGE')
    }
    const given = { operands, args, io }
    switch (address.kind) {
      case 'sysv-mq':
      case 'posix-mq':
        await toQueue(address, given)
        break
      case 'shm':
        await toChannel(address, given)
        break
      case 'unix':
      case 'tcp':
      case 'udp':
        await toSocket(address, given)
        break
      case 'sysv-shm':
      case 'posix-shm':
      case 'mmap':
        await toMemory(address, given)
        break
      default:
        await toStream(address, given)
    }
    return DONE
  },
}

interface Given {
  readonly operands: readonly string[]
  readonly args: ParsedArguments
  readonly io: Io
}
type Send<A> = (address: A, given: Given) => Promise<void>

const toMemory: Send<MemoryAddress> = async (address, { operands, args, io }) => {
  if (operands.length > 1 || args.flag('lines')) {
    throw new UsageError(`${address.kind}: is memory, which holds one message at an offset; give one`)
  }
  const { messagesOf } = await import('../lane/input.ts')
  const { writeMemory } = await import('../lane/memory.ts')
  const raw = args.flag('raw')
  for await (const message of messagesOf(operands, { lines: false, raw, pieces: false }, io)) {
    writeMemory(address, message, !raw)
  }
}

const toQueue: Send<QueueAddress> = async (address, given) => {
  const { openSink } = await import('../lane/queue.ts')
  await sendAll(await openSink(address), given)
}

async function comingFrom({ args, io }: Given): Promise<Coming> {
  const { budget } = await import('../lane/wait.ts')
  const timeout = timeoutOf(args)
  return { left: budget(timeout), timeout, note: io.note, onInterrupt: io.onInterrupt }
}

const toChannel: Send<ChannelAddress> = async (address, given) => {
  const { openSink } = await import('../lane/channel.ts')
  await sendAll(await openSink(address, await comingFrom(given)), given)
}

const toSocket: Send<NetworkAddress> = async (address, given) => {
  const { hasPackets } = await import('../lane/come.ts')
  const coming = await comingFrom(given)
  if (address.kind === 'udp' || hasPackets(address)) {
    const { openSink } = await import('../lane/packets.ts')
    return sendAll(await openSink(address, coming), given)
  }
  const { openSink } = await import('../lane/bytes.ts')
  return writeAll(address, given, () => openSink(address, coming))
}

async function sendAll(sink: QueueSink, { operands, args, io }: Given): Promise<void> {
  const { messagesOf } = await import('../lane/input.ts')
  const { budget, inTime } = await import('../lane/wait.ts')
  const timeout = timeoutOf(args)
  try {
    const input = { lines: args.flag('lines'), raw: args.flag('raw'), pieces: false }
    for await (const message of messagesOf(operands, input, io)) {
      const left = budget(timeout)
      await inTime(`sending to ${sink.name}`, timeout, () => sink.send(message, left()))
    }
  } finally {
    sink.close()
  }
}

const toStream: Send<StreamAddress> = async (address, given) => {
  const { openSink } = await import('../lane/stream.ts')
  const { budget } = await import('../lane/wait.ts')
  const timeout = timeoutOf(given.args)
  return writeAll(address, given, () => openSink(address, budget(timeout), timeout))
}

function timeoutOf(args: ParsedArguments): number | undefined {
  return args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
}

async function writeAll(
  address: StreamAddress | ByteAddress,
  { operands, args, io }: Given,
  open: () => Promise<Sink>,
): Promise<void> {
  const { framing } = await import('../../channel/framing/index.ts')
  const { messagesOf } = await import('../lane/input.ts')
  const { budget, inTime } = await import('../lane/wait.ts')
  const raw = args.flag('raw')
  const timeout = timeoutOf(args)
  const name: FramingName = address.options.framing ?? (raw ? 'none' : 'lines')
  const { limit } = address.options
  const frame = framing(name, limit === undefined ? {} : { maxMessage: limit })
  const encode = (message: Uint8Array): Uint8Array => Buffer.concat(frame.encode(message))
  // A message that cannot be sent is found before the first one is.
  for (const text of operands) encode(new TextEncoder().encode(text))
  const sink = await open()
  try {
    for await (const message of messagesOf(
      operands,
      { lines: args.flag('lines'), raw, pieces: name === 'none' },
      io,
    )) {
      const left = budget(timeout)
      await inTime(`writing to ${sink.name}`, timeout, () => sink.write(encode(message), left()))
    }
  } finally {
    sink.close()
  }
}
