// `hutong signal`: sigqueue and sigwaitinfo for scripts.
import type { SignalName } from '../../kernel/signal/names.ts'
import type { ParsedArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'
import { formatSignal, formatSignals } from '../format/signal.ts'
import type { Io } from '../io.ts'
import { inTime } from '../lane/wait.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1
const MOST_SIGNALS = 1e15 - 1
const MOST_PID = 4_194_304

export const command: Command = {
  name: 'signal',
  summary: 'send a signal with a value, or wait for one',
  usage: ['signal [OPTION...] PID NAME', 'signal --wait [OPTION...] NAME...', 'signal --list'],
  description: [
    'Sends process PID the signal, as kill(1) does; with --value as sigqueue(3) does, which real-time signals (SIGRTMIN+3, SIGRTMAX-2) keep in order. Status 1 if there is no such process, if it is not yours, or if its queue is full.',
    'With --wait the signals are blocked, and what comes is printed: the signal, who sent it, and what came with it. Its own process id is on standard error first, so that the other side knows whom to send to. One signal, or --count of them.',
    'A name may be written without SIG, in small letters, or as its number.',
  ],
  operands: ['text', 'signal'],
  options: {
    value: {
      type: 'string',
      short: 'v',
      value: 'N',
      help: 'a number to send along: 32 bits, signed, or up to 64 bits',
    },
    group: { type: 'boolean', short: 'g', help: 'PID is a process group' },
    wait: { type: 'boolean', short: 'w', help: 'wait for signals instead of sending one' },
    count: { type: 'string', short: 'n', value: 'COUNT', help: 'wait for so many (1 if not given)' },
    follow: { type: 'boolean', short: 'f', help: 'wait for all that come, until interrupted' },
    timeout: { type: 'string', value: 'MS', help: 'milliseconds to wait for each; then exit status 124' },
    list: { type: 'boolean', short: 'l', help: 'every signal, its number, and what it does by default' },
    json: { type: 'boolean', short: 'J', help: 'one JSON object per signal and line' },
  },
  examples: [
    { line: 'hutong signal 4711 SIGRTMIN+3 --value 42', does: 'as sigqueue(3)' },
    { line: 'hutong signal --wait SIGRTMIN+3 USR2', does: 'the next of the two, and who sent it' },
    { line: 'hutong signal --wait --follow --json RTMIN', does: 'all of them, for another program' },
  ],
  async run(args, io) {
    const { signals } = await import('../../kernel/signal/signals.ts')
    if (args.flag('list')) return list(args, io)
    const [first, ...others] = args.operands
    if (args.flag('wait')) return await wait(args, io)
    if (first === undefined) throw new UsageError('PID is missing')
    const [name, ...more] = others
    if (name === undefined) throw new UsageError('the signal is missing: PID NAME')
    if (more.length > 0) throw new UsageError(`one signal only; '${more[0]}' is too much`)
    forbid(args, ['count', 'follow', 'timeout', 'json'], 'is for --wait')
    const pid = pidOf(first)
    const value = sentValue(args.value('value'))
    const signal = await nameOf(name)
    if (args.flag('group')) {
      forbid(args, ['value'], 'goes to one process, not to a group')
      signals.send({ group: pid }, signal)
    } else if (value === undefined) signals.send(pid, signal)
    else signals.queue(pid, signal, value)
    return DONE
  },
}

function forbid(args: ParsedArguments, names: readonly string[], why: string): void {
  for (const name of names) if (args.flag(name)) throw new UsageError(`--${name} ${why}`)
}

async function list(args: ParsedArguments, io: Io): Promise<number> {
  forbid(args, ['value', 'group', 'wait', 'count', 'follow', 'timeout'], 'and --list exclude each other')
  if (args.operands.length > 0)
    throw new UsageError(`--list takes no operand; '${args.operands[0]}' is too much`)
  const { signals } = await import('../../kernel/signal/signals.ts')
  const all = signals.list()
  io.stdout.write(
    args.flag('json')
      ? all.map((signal) => `${JSON.stringify(signal)}\n`).join('')
      : formatSignals(all, io.stdout),
  )
  return DONE
}

async function wait(args: ParsedArguments, io: Io): Promise<number> {
  forbid(args, ['value', 'group'], 'is for sending, not for --wait')
  if (args.flag('count') && args.flag('follow')) {
    throw new UsageError('--count and --follow exclude each other')
  }
  if (args.operands.length === 0) throw new UsageError('the signals to wait for are missing')
  const { signals } = await import('../../kernel/signal/signals.ts')
  const count = args.number('count', { min: 1, max: MOST_SIGNALS })
  const wanted = args.flag('follow') ? Number.POSITIVE_INFINITY : (count ?? 1)
  const timeout = args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
  const names = await Promise.all(args.operands.map(nameOf))
  const listener = refusing(() => signals.listen(names))
  const wantedNames = listener.signals.join(', ')
  const what = `waiting for ${wantedNames}`
  io.note(`process ${process.pid} waits for ${wantedNames}`)
  try {
    for (let got = 0; got < wanted; got++) {
      io.stdout.write(
        formatSignal(await inTime(what, timeout, () => listener.wait({ timeout })), args.flag('json')),
      )
    }
  } finally {
    listener.close()
  }
  return DONE
}

function pidOf(text: string): number {
  const pid = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0
  if (pid >= 1 && pid <= MOST_PID) return pid
  throw new UsageError(`PID must be a process id from 1 to ${MOST_PID}, not '${text}'`)
}

function sentValue(text: string | undefined): number | bigint | undefined {
  if (text === undefined) return undefined
  const whole = /^(-?[0-9]{1,20}|0x[0-9a-fA-F]{1,16})$/.test(text) ? BigInt(text) : undefined
  if (whole === undefined || whole < -(2n ** 63n) || whole >= 2n ** 64n) {
    throw new UsageError(`--value must be a whole number of at most 64 bits, not '${text}'`)
  }
  return whole >= -(2n ** 31n) && whole < 2n ** 31n ? Number(whole) : whole
}

/** `SIGUSR2`, `usr2` and `12` are the same. */
async function nameOf(text: string): Promise<SignalName> {
  const { signals } = await import('../../kernel/signal/signals.ts')
  const upper = text.toUpperCase()
  return refusing(() => {
    if (/^[0-9]{1,3}$/.test(text)) return signals.name(Number(text))
    return signals.name(signals.number((upper.startsWith('SIG') ? upper : `SIG${upper}`) as SignalName))
  })
}

/** A signal that there is not, or that cannot be waited for, is a slip on the command line. */
function refusing<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}
