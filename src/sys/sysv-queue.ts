// msgget(2), msgctl(2), msgsnd(2), msgrcv(2). All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import type { BufferSource } from './native.ts'

/** msgget(2). `key` as a signed or unsigned 32-bit number. */
export const msgget: (key: number, flags: number) => number = native.msgget
/** msgctl(2); `buffer` is the kernel's struct msqid64_ds or msginfo, at least 120 bytes, or absent for IPC_RMID. */
export const msgctl: (id: number, command: number, buffer?: BufferSource) => number = native.msgctl

// Words of native/sysv-queue.c's block.
const [ID, FLAGS, TIMEOUT, LENGTH, TYPE, ADDRESS, RESULT] = [0, 1, 2, 3, 4, 5, 6] as const
const WORDS = 7
// struct msgbuf: the type, then the text.
const TEXT = 8
const FIRST_BYTES = 8192 // what the kernel allows unless told otherwise
const HANDED_OUT = 65_536
const MOST_KEPT = 4_194_304 // memory for longer messages is let go of at once

const outside = native.messageBlock()
const block = typeof outside === 'number' ? new Float64Array(WORDS) : new Float64Array(outside)
const { messageSend, messageReceive } = native
// Where no buffer may lie outside JavaScript's heap, the block is handed over with every call.
const send = typeof outside === 'number' ? () => messageSend(block) : messageSend
const receive = typeof outside === 'number' ? () => messageReceive(block) : messageReceive

// One per thread: a call fills it and uses it with no JavaScript in between.
const NOTHING = new Uint8Array(0)
let memory = NOTHING
let address = 0
let room = 0
let view = NOTHING

function makeRoom(length: number): void {
  memory = new Uint8Array(Buffer.allocUnsafeSlow(TEXT + Math.max(length, FIRST_BYTES)).buffer)
  address = native.messageAddress(memory)
  room = memory.byteLength - TEXT
  view = memory.subarray(TEXT, TEXT)
}

/** The text of the message in memory, as a view that the next call writes over. */
function textOf(length: number): Uint8Array {
  if (view.byteLength !== length) view = memory.subarray(TEXT, TEXT + length)
  return view
}

function prepare(id: number, flags: number, timeout: number): void {
  block[ID] = id
  block[FLAGS] = flags
  block[TIMEOUT] = timeout
  block[ADDRESS] = address
}

/** How msgsnd and msgrcv are called. */
export interface MessageCall {
  /** `mtype` of what is sent; `msgtyp`, what is wanted. */
  readonly type: number
  readonly flags: number
  /** Milliseconds that the call may block this thread, -1 for ever; then `-ETIMEDOUT`, and EINTR is retried. */
  readonly timeout: number
}

/** msgsnd(2) of `text`. */
export function msgsnd(id: number, text: Uint8Array, { type, flags, timeout }: MessageCall): number {
  const length = text.byteLength
  if (length > room) makeRoom(length)
  textOf(length).set(text)
  prepare(id, flags, timeout)
  block[LENGTH] = length
  block[TYPE] = type
  send()
  if (room > MOST_KEPT) makeRoom(0)
  return block[RESULT] as number
}

/** msgrcv(2) of at most `size` bytes: their number. The message is what `receivedType` and `receivedText` say until the next call. */
export function msgrcv(id: number, size: number, { type, flags, timeout }: MessageCall): number {
  if (size > room || room > MOST_KEPT) makeRoom(size)
  prepare(id, flags, timeout)
  block[LENGTH] = size
  block[TYPE] = type
  receive()
  return block[RESULT] as number
}

/** The type of the message that msgrcv gave last. */
export function receivedType(): number {
  return block[TYPE] as number
}

/** Its text, `length` bytes, in memory that the next call writes over. */
export const receivedText: (length: number) => Uint8Array = textOf

/** Its text in memory of its own. A long one is not copied: its memory is handed out, and the next call gets other. */
export function ownedText(length: number): Uint8Array {
  if (length < HANDED_OUT || length < room >> 1) return textOf(length).slice()
  const text = memory.subarray(TEXT, TEXT + length)
  memory = view = NOTHING
  room = 0
  return text
}

/** How long a text there is room for without fetching memory: 8192 or more. */
export function messageRoom(): number {
  return Math.max(room, FIRST_BYTES)
}
