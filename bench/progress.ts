// One line on a terminal that says how far the run is; nothing where standard error is not a terminal.

export interface Progress {
  show(text: string): void
  clear(): void
}

const CLEAR_LINE = '\r\x1b[K'

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  return {
    show: (text) => stream.write(`${CLEAR_LINE}${text.slice(0, (stream.columns || 80) - 1)}`),
    clear: () => stream.write(CLEAR_LINE),
  }
}
