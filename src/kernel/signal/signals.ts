// `signals`: everything a process can do with signals, under one name.
import { disposition, ignore, useDefault } from './disposition.ts'
import { SignalListener, tryWait, wait, waitSync } from './listener.ts'
import { block, blocked, pending, unblock } from './mask.ts'
import { describeSignal, listSignals, SIGRTMAX, SIGRTMIN, signalName, signalNumber } from './names.ts'
import { exists, queue, send, tryQueue } from './send.ts'
import { alarm, remaining, SignalTimer, setInterval } from './timer.ts'

/** Signals: sending, receiving, blocking, timers. signal(7). */
export const signals = Object.freeze({
  /** The first and the last real-time signal. */
  SIGRTMIN,
  SIGRTMAX,
  number: signalNumber,
  name: signalName,
  describe: describeSignal,
  list: listSignals,
  send,
  queue,
  tryQueue,
  exists,
  listen: SignalListener.open,
  wait,
  tryWait,
  waitSync,
  block,
  unblock,
  blocked,
  pending,
  disposition,
  ignore,
  useDefault,
  timer: SignalTimer.create,
  setInterval,
  remaining,
  alarm,
})
