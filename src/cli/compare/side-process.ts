// A side, seen from the comparing process.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { line } from './lines.ts'
import type { Role } from './model.ts'
import type { Reply, Request } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('./side/main.js', import.meta.url))

/** What a side did instead of answering. */
export interface SideFailure {
  /** It is no more, rather than having said that something failed. */
  readonly died: boolean
  readonly message: string
}

export interface SideOptions {
  readonly role: Role
  /** The mechanism's name: only for whoever looks at the list of processes. */
  readonly name: string
  readonly descriptors: readonly number[]
  onFailure(failure: SideFailure): void
}

/** A running side. */
export class Side {
  readonly role: Role
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  readonly #replies: Reply[] = []
  #waiting: ((reply: Reply) => void) | undefined
  #complaint = ''
  #leaving = false

  /** In a session of its own: a Ctrl-C in the terminal is for the comparing process, which ends its sides. */
  constructor({ role, name, descriptors, onFailure }: SideOptions) {
    this.role = role
    const child = spawn(process.execPath, [PROGRAM, role, name], {
      stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
      detached: true,
    })
    this.#process = child
    child.stdin?.on('error', () => {}) // it is dead: `close` says so
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text
    })
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (text) => this.#hear(text, onFailure))
    }
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        onFailure({ died: true, message: `the ${role} could not be started: ${error.message}` })
        resolve()
      })
      child.on('close', (code, signal) => {
        if (!this.#leaving) onFailure({ died: true, message: this.#obituary(code, signal) })
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  tell(request: Request): void {
    this.#process.stdin?.write(line(request))
  }

  /** The next reply. Whoever waits must also wait for a failure: after one there is none. */
  reply(): Promise<Reply> {
    const reply = this.#replies.shift()
    return reply !== undefined
      ? Promise.resolve(reply)
      : new Promise((resolve) => {
          this.#waiting = resolve
        })
  }

  /** Ends it, whatever it is doing. It has nothing to finish: what it made is in the destination. */
  kill(): void {
    this.#leaving = true
    this.#process.kill('SIGKILL')
  }

  /** Resolves when it is no more. */
  get ended(): Promise<void> {
    return this.#ended
  }

  #hear(text: string, onFailure: SideOptions['onFailure']): void {
    const reply = JSON.parse(text) as Reply
    if (reply.is === 'failed') {
      onFailure({ died: false, message: `the ${this.role} (pid ${this.pid}) failed: ${reply.message}` })
    } else if (this.#waiting === undefined) {
      this.#replies.push(reply)
    } else {
      const resolve = this.#waiting
      this.#waiting = undefined
      resolve(reply)
    }
  }

  #obituary(code: number | null, signal: string | null): string {
    const who = `the ${this.role} (pid ${this.pid})`
    if (signal !== null) return `${who} was killed by ${signal}`
    // The last line of a stack trace is not the one that says what happened.
    const complaint = /^.*(?:Error|error|hutong).*$/m.exec(this.#complaint)?.[0]?.trim()
    return `${who} ended with status ${code}${complaint === undefined ? '' : `: ${complaint}`}`
  }
}
