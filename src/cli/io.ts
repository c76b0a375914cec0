// The streams of a command, and what their other end can show.

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const

export type Style = keyof typeof STYLES

/** Standard output or standard error. */
export interface Output {
  readonly isTerminal: boolean
  /** The terminal's width; undefined where there is none and lines may be as long as they are. */
  readonly columns: number | undefined
  /** Whether `paint` paints. */
  readonly colour: boolean
  write(text: string | Uint8Array): void
  /** The text in a colour, or as it is. */
  paint(style: Style, text: string): string
}

export interface Io {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Output
  readonly stderr: Output
  /**
   * Runs `cleanUp` (synchronous) when SIGINT, SIGTERM or SIGHUP comes; the process then dies of the signal, as shells
   * expect (`$?` is 130 after SIGINT). Without it the signal's default action does. Gives a function that calls it off.
   */
  onInterrupt(cleanUp: () => void): () => void
  /** A line on standard error for a person, not a failure: `hutong ls: …`. */
  note(text: string): void
}

/** The process's own streams. `command` stands before notes. */
export function processIo(command?: string): Io {
  const stderr = output(process.stderr)
  return {
    get stdin() {
      return process.stdin // opening it is not for nothing: only whoever reads it does
    },
    stdout: output(process.stdout),
    stderr,
    onInterrupt,
    note: (text) => stderr.write(`${command === undefined ? 'hutong' : `hutong ${command}`}: ${text}\n`),
  }
}

function output(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true
  const colour = wantsColour(isTerminal, process.env)
  return {
    isTerminal,
    get columns() {
      return isTerminal ? stream.columns || 80 : undefined
    },
    colour,
    write: (text) => void stream.write(text),
    paint: (style, text) => (colour ? `\x1b[${STYLES[style][0]}m${text}\x1b[${STYLES[style][1]}m` : text),
  }
}

/** Only on a terminal. NO_COLOR says never (no-color.org), FORCE_COLOR always; of both the first counts. */
export function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: none = '', FORCE_COLOR: force = '', TERM: terminal } = env
  if (none !== '') return false
  if (force !== '') return force !== '0' && force !== 'false'
  return isTerminal && terminal !== 'dumb'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function onInterrupt(cleanUp: () => void): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = (): void => {
      callOff()
      try {
        cleanUp()
      } finally {
        process.kill(process.pid, signal)
      }
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  const callOff = (): void => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
  return callOff
}
