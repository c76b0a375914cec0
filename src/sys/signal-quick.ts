// sigqueue(3), rt_sigtimedwait(2) and read(2) of a signalfd with nothing to marshal: native/signalquick.c. Where this runtime
// allows no buffer outside its heap, the plain calls do the same.
import { native } from './addon.ts'

// Words of native/signalquick.c's block.
const RESULT = 0
const FD = 1
const PID = 2
const SIGNAL = 3
const LOW = 4
const HIGH = 5
const TIMEOUT = 6
const SET_LOW = 8
const SET_HIGH = 9
const VALUE_AT = 16
const SET_AT = 32
const INFO_AT = 40
const INFO_BYTES = 128

const given = native.signalBlock()
const memory = typeof given === 'number' ? new ArrayBuffer(INFO_AT + INFO_BYTES) : given
const words = new Int32Array(memory)
// Looked up once: the addon has so many functions that V8 keeps them in a hash table.
const quick = typeof given === 'number' ? slow() : native
const { quickQueue, quickTake, quickSignalfd } = quick

interface Quick {
  quickQueue(): void
  quickTake(): void
  quickSignalfd(): void
}

function slow(): Quick {
  const value = new Uint8Array(memory, VALUE_AT, 8)
  const set = new Uint8Array(memory, SET_AT, 8)
  const info = new Uint8Array(memory, INFO_AT, INFO_BYTES)
  const word = (index: number): number => words[index] as number
  return {
    quickQueue: () => {
      words[RESULT] = native.rt_sigqueueinfo(word(PID), word(SIGNAL), value)
    },
    quickTake: () => {
      words[RESULT] = native.rt_sigtimedwait(set, info, word(TIMEOUT))
    },
    quickSignalfd: () => {
      words[RESULT] = native.read(word(FD), info)
    },
  }
}

/** What the last `takeSignal` or `readSignal` took: `siginfo_t`, or `struct signalfd_siginfo`; valid until the next one. */
export const takenInfo: DataView = new DataView(memory, INFO_AT, INFO_BYTES)

/** sigqueue(3); the value as two words. `>= 0` or `-errno`. */
export function queueSignal(pid: number, signal: number, low: number, high: number): number {
  words[PID] = pid
  words[SIGNAL] = signal
  words[LOW] = low
  words[HIGH] = high
  quickQueue()
  return words[RESULT] as number
}

/** rt_sigtimedwait(2) for a set given as two words: blocks this thread, `timeout` ms, -1 for ever. */
export function takeSignal(setLow: number, setHigh: number, timeout: number): number {
  words[SET_LOW] = setLow
  words[SET_HIGH] = setHigh
  words[TIMEOUT] = timeout
  quickTake()
  return words[RESULT] as number
}

/** read(2) of one signal from a signalfd. */
export function readSignal(fd: number): number {
  words[FD] = fd
  quickSignalfd()
  return words[RESULT] as number
}
