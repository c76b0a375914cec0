// pidfd: a descriptor that stands for one process, however often its number is used again.
import { readFileSync } from 'node:fs'
import { constants } from '../sys/constants.ts'
import { EAGAIN, ECHILD, EINVAL, EPERM, ESRCH } from '../sys/errno.ts'
import { must, SysError } from '../sys/error.ts'
import { Fd } from '../sys/fd.ts'
import { poll } from '../sys/file.ts'
import { pidfd_getfd, pidfd_open, pidfdStatus } from '../sys/pidfd.ts'
import type { SyncOptions, WaitOptions } from '../wait/options.ts'
import { Readiness } from '../wait/readiness.ts'
import { waitSync } from '../wait/sync.ts'
import { checkWhole } from './mapping-options.ts'
import { type SignalName, signalName } from './signal/names.ts'
import { checkPid, queue, type SignalValue, send, tryQueue } from './signal/send.ts'

/** How a process ended; both absent if the kernel does not tell. */
export interface ProcessExit {
  /** What it exited with, 0 to 255. */
  readonly code?: number
  /** The signal that ended it. */
  readonly signal?: SignalName
  /** Whether that signal left a core dump. */
  readonly coreDumped?: boolean
}

const CORE = 0x80
const SIGNAL = 0x7f
const EXIT_CODE_FIELD = 49 // of /proc/PID/stat, counted after the name

function exitOf(status: number): ProcessExit {
  const signal = status & SIGNAL
  if (signal === 0) return { code: (status >> 8) & 0xff }
  return { signal: signalName(signal), coreDumped: (status & CORE) !== 0 }
}

/** Everything after the name of /proc/PID/stat, whose name may hold anything; nothing if the process is no more. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** `Pid:` of its fdinfo: -1 when the process has been waited for, 0 when it is in another pid namespace. */
function pidOf(fd: number): number | undefined {
  try {
    const found = /^Pid:\t(-?\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))
    return found === null ? undefined : Number(found[1])
  } catch {
    return undefined
  }
}

/**
 * A process, pidfd_open(2). Its number may be used again for another as soon as it has been waited for; this never means
 * another. Waits on the event loop.
 */
export class PidFd {
  readonly #fd: Fd
  readonly #ready: Readiness
  /** The process's number when this was made. */
  readonly pid: number

  private constructor(fd: Fd, pid: number) {
    this.#fd = fd
    this.pid = pid
    this.#ready = new Readiness(fd)
  }

  /**
   * Process `pid`. Errors: ESRCH (no such process), EINVAL or, since Linux 6.9, ENOENT (a thread that is no process), EMFILE, ENFILE, ENODEV, ENOMEM.
   * The process that one means is certain only while it cannot have been waited for: a child of this process whose 'exit'
   * event has not come, or this process's parent.
   */
  static open(pid: number): PidFd {
    const number = checkPid(pid, 'pid')
    const fd = must(pidfd_open(number, 0), 'pidfd_open', { on: `process ${number}` })
    return new PidFd(new Fd(fd, `process ${number}`), number)
  }

  /** Takes over a pidfd that was received or inherited. EINVAL for a descriptor of something else, which stays open. */
  static from(fd: number): PidFd {
    const pid = pidOf(checkWhole(fd, 'fd'))
    if (pid !== undefined) return new PidFd(Fd.adopt(fd, `process ${pid}`), pid)
    Fd.adopt(fd).release() // EBADF, if that is what it is
    throw new SysError(EINVAL, 'pidfd_open', { on: `fd ${fd}`, hint: 'It is no pidfd.' })
  }

  /** The descriptor's number. Throws EBADF once closed. */
  get fd(): number {
    return this.#fd.number
  }

  get closed(): boolean {
    return this.#fd.closed
  }

  /** Waits until the process has ended; any process, not only a child, and also one that nobody has waited for yet. */
  async exited(options?: WaitOptions): Promise<ProcessExit> {
    await this.#ready.whenReadable(() => this.#look(), options)
    return this.#status()
  }

  /** As `exited`, but `undefined` at once while it runs. */
  tryExited(): ProcessExit | undefined {
    this.#fd.number // EBADF once closed
    return this.#look() === EAGAIN ? undefined : this.#status()
  }

  /** As `exited`, blocking this thread. */
  exitedSync(options?: SyncOptions): ProcessExit {
    this.#fd.number
    waitSync(this.#fd, constants.POLLIN, () => this.#look(), options)
    return this.#status()
  }

  /** Sends it a signal. ESRCH: it has been waited for. EPERM: it belongs to another user. */
  send(signal: SignalName | number): void {
    send(this, signal)
  }

  /** Sends it a signal with a value; see `signals.queue`. */
  queue(signal: SignalName | number, value?: SignalValue): void {
    queue(this, signal, value)
  }

  /** As `queue`, but `undefined` when the queue is full. */
  tryQueue(signal: SignalName | number, value?: SignalValue): true | undefined {
    return tryQueue(this, signal, value)
  }

  /**
   * A descriptor of our own for its descriptor `fd`: the same open file description, pidfd_getfd(2). Errors: EPERM (without
   * the right to ptrace(2) it), EBADF (it has no such descriptor), ESRCH (it has ended), EMFILE.
   */
  getFd(fd: number): Fd {
    const wanted = checkWhole(fd, 'fd')
    const got = pidfd_getfd(this.#fd.number, wanted, 0)
    const hint = got === EPERM ? { hint: 'That takes the right to ptrace(2) it.' } : {}
    const on = `descriptor ${wanted} of process ${this.pid}`
    return new Fd(must(got, 'pidfd_getfd', { on, ...hint }), on)
  }

  /** Waiting keeps the event loop running (the default). */
  ref(): this {
    this.#ready.ref()
    return this
  }

  unref(): this {
    this.#ready.unref()
    return this
  }

  /** Closes the descriptor; the process goes on. Waits reject with EBADF. Idempotent. */
  close(): void {
    this.#fd.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #look(): number {
    const events = poll(this.#fd.raw, constants.POLLIN, 0)
    return events === 0 ? EAGAIN : must(events, 'poll', { on: `${this.#fd}` })
  }

  #status(): ProcessExit {
    let status = pidfdStatus(this.#fd.number)
    if (status === ECHILD) status = this.#statusOfZombie() ?? ECHILD
    if (status === ECHILD) status = pidfdStatus(this.#fd.number) // waited for just now
    if (status === ECHILD || status === ESRCH) return {}
    return exitOf(must(status, 'waitid', { on: `${this.#fd}` }))
  }

  /** Somebody else's child that has not been waited for: its number cannot mean another, as long as it is its number. */
  #statusOfZombie(): number | undefined {
    const field = statOf(this.pid)[EXIT_CODE_FIELD]
    const same = pidOf(this.#fd.number) === this.pid
    return same && field !== undefined ? Number(field) : undefined
  }
}
