// One side of a comparison: a process of its own. It takes orders on standard input and does one thing at a time,
// blocking, so that what is measured is the mechanism and not an event loop.
import { closeSync } from 'node:fs'
import { constants } from '../../../sys/constants.ts'
import { must } from '../../../sys/error.ts'
import { openat } from '../../../sys/file.ts'
import type { Leftover } from '../leftover.ts'
import { receiveLines, sendLine } from '../lines.ts'
import type { End, EventEnd, EventMechanism, Mechanism, Seat } from '../mechanism.ts'
import type { Role } from '../model.ts'
import { pin } from '../processors.ts'
import { FILE_FD, FIRST_FD, type Reply, type Request } from '../protocol.ts'
import { giveUp } from './give-up.ts'
import { watchLifeline } from './lifeline.ts'
import { echo, echoEvents, type Talked, talk, talkInEvents } from './rounds.ts'
import { Tally } from './tally.ts'

const CONTROL_IN = 0
const CONTROL_OUT = 1

const tally = new Tally()
const requests = receiveLines(CONTROL_IN)
let role: Role = 'sender'
let end: End | EventEnd | undefined
let leftovers: readonly Leftover[] = []

function reply(line: Reply): void {
  sendLine(CONTROL_OUT, line)
}

/** The next request; without one the comparing process is gone, and what it made must go, too. */
function nextRequest(): Request {
  const next = requests.next()
  return next.done === true ? giveUp(leftovers) : (next.value as Request)
}

async function mechanismOf({
  mechanism: wanted,
  module,
}: Request & { do: 'join' }): Promise<Mechanism | EventMechanism> {
  if (module !== undefined) return ((await import(module)) as { mechanism: Mechanism }).mechanism
  const { mechanisms } = await import('../table.ts')
  const known = mechanisms.find(({ name }) => name === wanted)
  if (known === undefined) throw new Error(`there is no mechanism '${wanted}'`)
  return known
}

async function join(request: Request & { do: 'join' }): Promise<void> {
  role = request.role
  leftovers = request.leftovers
  await watchLifeline(CONTROL_IN, leftovers)
  const mechanism = await mechanismOf(request)
  const descriptors = Array.from({ length: request.descriptors }, (_, index) => FIRST_FD + index)
  if (request.processor !== null) await pin(request.processor)
  const seat: Seat = {
    role,
    descriptors,
    settings: request.settings,
    apart: request.processor !== null,
    tally,
  }
  end = mechanism.join(seat)
  reply({ is: 'ready' })
}

/** Opened anew for each pass: it begins at 0, and what other processes do with theirs does not matter. */
function openFile(): number {
  const flags = (role === 'sender' ? constants.O_RDONLY : constants.O_WRONLY) | constants.O_CLOEXEC
  const path = `/proc/self/fd/${FILE_FD}`
  return must(openat(constants.AT_FDCWD, path, flags, 0), 'open', { path })
}

function move(by: End, { size, holdAt }: Request & { do: 'move' }): void {
  const file = openFile()
  let held = holdAt === null
  const gate = (done: number): void => {
    if (held || holdAt === null || done < holdAt) return
    held = true
    reply({ is: 'held', at: done })
    nextRequest()
  }
  if (role === 'receiver') reply({ is: 'ready', fd: file })
  tally.start()
  const from = process.hrtime.bigint()
  if (role === 'sender') by.send(file, size, gate)
  else by.receive(file, size)
  const to = process.hrtime.bigint()
  const counts = tally.stop()
  closeSync(file)
  reply({ is: 'moved', from: Number(from), to: Number(to), counts })
}

function exchange(by: End | EventEnd, request: Request & { do: 'talk' }): Talked {
  if ('say' in by) return (role === 'sender' ? talk : echo)(by, tally, request)
  return (role === 'sender' ? talkInEvents : echoEvents)(by, tally, request)
}

async function obey(request: Request): Promise<void> {
  if (request.do === 'join') return join(request)
  if (end === undefined) throw new Error(`${request.do} before join`)
  if (request.do === 'talk') reply({ is: 'talked', ...exchange(end, request) })
  if (request.do === 'move' && 'send' in end) move(end, request)
}

for (;;) {
  try {
    await obey(nextRequest())
  } catch (error) {
    reply({ is: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}
