// msgget(2), msgctl(2), msgsnd(2), msgrcv(2). All give `>= 0` or `-errno`; see `must`.
import { native } from './addon.ts'
import { EINTR } from './errno.ts'
import type { BufferSource } from './native.ts'

/** msgget(2). `key` as a signed or unsigned 32-bit number. */
export const msgget: (key: number, flags: number) => number = native.msgget
/** msgctl(2); `buffer` is the kernel's struct msqid64_ds or msginfo, at least 120 bytes, or absent for IPC_RMID. */
export const msgctl: (id: number, command: number, buffer?: BufferSource) => number = native.msgctl

// Words of native/sysv-queue.c's block.
const ID = 0
const FLAGS = 1
const TIMEOUT = 2
const LENGTH = 3
const TYPE = 4
const ADDRESS = 5
const RESULT = 6
const WORDS = 7
// struct msgbuf: the type, then the text.
const TEXT = 8
const FIRST_BYTES = 8192 // what the kernel allows unless told otherwise
const HANDED_OUT = 65_536
const MOST_KEPT = 4_194_304 // memory for longer messages is let go of at once
const IN_PLACE = 512 // a shorter text is copied sooner than its address is found

const outside = native.messageBlock()
const block = typeof outside === 'number' ? new Float64Array(WORDS) : new Float64Array(outside)
const { messageSendFrom, messageReceiveFrom } = native
// Where no buffer may lie outside JavaScript's heap, the block is handed over with every call.
const send = typeof outside === 'number' ? () => messageSendFrom(block) : native.messageSend
const receive = typeof outside === 'number' ? () => messageReceiveFrom(block) : native.messageReceive

// One per thread: a call fills it and uses it with no JavaScript in between.
const NOTHING = new Uint8Array(0)
let memory: Uint8Array = NOTHING
let address = 0
let room = 0
let view: Uint8Array = NOTHING

function frame(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(TEXT + length).buffer)
}

function makeRoom(length: number): void {
  memory = frame(Math.max(length, FIRST_BYTES))
  address = native.messageAddress(memory)
  room = memory.length - TEXT
  view = memory.subarray(TEXT, TEXT)
}

/** The text of the message in memory, as a view that the next call writes over. */
function textOf(length: number): Uint8Array {
  if (view.length !== length) view = memory.subarray(TEXT, TEXT + length)
  return view
}

// Memory that has room for the type in front, by its buffer; and the piece of it that was used last.
const frames = new WeakMap<object, number>()
let lastFramed: Uint8Array = NOTHING
let lastAddress = 0

/** Memory of `length` bytes, not zeroed, from and into which messages move in place: without a copy in between. */
export function messageMemory(length: number): Uint8Array {
  const bytes = frame(length)
  frames.set(bytes.buffer, native.messageAddress(bytes))
  return bytes.subarray(TEXT)
}

/** The address of the message that `text` is the text of; 0 when it lies anywhere else. */
function placeOf(text: Uint8Array): number {
  if (text === lastFramed) return lastAddress
  if (text.byteOffset !== TEXT) return 0
  const found = frames.get(text.buffer)
  if (found === undefined) return 0
  lastFramed = text.length <= MOST_KEPT ? text : NOTHING
  lastAddress = found
  return found
}

/**
 * msgsnd(2) of `text`, which blocks this thread for at most `timeout` milliseconds and is then `-ETIMEDOUT`; -1: for ever. EINTR
 * is retried.
 */
export function msgsnd(id: number, text: Uint8Array, type: number, flags: number, timeout: number): number {
  const length = text.length
  const place = length < IN_PLACE ? 0 : placeOf(text)
  if (place === 0) {
    if (length > room) makeRoom(length)
    if (length > 0) textOf(length).set(text) // which a buffer that was transferred away does not bear
    block[ADDRESS] = address
  } else block[ADDRESS] = place
  block[ID] = id
  block[FLAGS] = flags
  block[TIMEOUT] = timeout
  block[LENGTH] = length
  block[TYPE] = type
  do send()
  while (block[RESULT] === EINTR)
  if (room > MOST_KEPT) makeRoom(0)
  return block[RESULT] as number
}

/**
 * msgrcv(2) of at most `size` bytes: their number. The message is what `receivedType` and `receivedText` say until the next
 * call. `timeout` as in msgsnd.
 */
export function msgrcv(id: number, size: number, type: number, flags: number, timeout: number): number {
  if (size > room || room > MOST_KEPT) makeRoom(size)
  block[ADDRESS] = address
  block[ID] = id
  block[FLAGS] = flags
  block[TIMEOUT] = timeout
  block[LENGTH] = size
  block[TYPE] = type
  do receive()
  while (block[RESULT] === EINTR)
  return block[RESULT] as number
}

/** Whether `msgrcvInto` can be used. */
export function isInPlace(target: Uint8Array): boolean {
  return target.length >= IN_PLACE && placeOf(target) !== 0
}

/** As `msgrcv`, straight into `target`, which must be of `messageMemory`. */
export function msgrcvInto(
  id: number,
  target: Uint8Array,
  type: number,
  flags: number,
  timeout: number,
): number {
  block[ADDRESS] = placeOf(target)
  block[ID] = id
  block[FLAGS] = flags
  block[TIMEOUT] = timeout
  block[LENGTH] = target.length
  block[TYPE] = type
  do receive()
  while (block[RESULT] === EINTR)
  return block[RESULT] as number
}

/** The type of the message that was received last. */
export function receivedType(): number {
  return block[TYPE] as number
}

/** Copies its text, `length` bytes, to the start of `target`. */
export function copyReceived(target: Uint8Array, length: number): void {
  target.set(textOf(length))
}

/** Its text in memory of its own. A long one is not copied: its memory is handed out, and the next call gets other. */
export function receivedText(length: number): Uint8Array {
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
