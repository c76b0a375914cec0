// The command in this process: a hundred children would take their time.
import { PassThrough } from 'node:stream'
import { dispatch } from '#src/cli/dispatch.ts'
import type { Output } from '#src/cli/io.ts'

/** What a command gave. */
export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** As `run`, in this process; `input` is its standard input. */
export async function here(args: readonly string[], input?: string | Uint8Array): Promise<Result> {
  const written = { stdout: '', stderr: '' }
  const output = (stream: keyof typeof written): Output => ({
    isTerminal: false,
    columns: undefined,
    colour: false,
    write: (text) => {
      written[stream] += typeof text === 'string' ? text : Buffer.from(text).toString()
    },
    paint: (_style, text) => text,
  })
  const stderr = output('stderr')
  const code = await dispatch(args, (command) => ({
    stdin: new PassThrough().end(input) as unknown as NodeJS.ReadStream,
    stdout: output('stdout'),
    stderr,
    onInterrupt: () => () => {},
    note: (text) => stderr.write(`hutong ${command}: ${text}\n`),
  }))
  return { code, ...written }
}

/** As `here`; throws unless it succeeded and had nothing to say but its output, which is given. */
export async function done(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const { code, stdout, stderr } = await here(args, input)
  if (code !== 0 || stderr !== '') throw new Error(`hutong ${args.join(' ')}: ${code}\n${stderr}`)
  return stdout
}
