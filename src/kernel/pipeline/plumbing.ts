// The pipes of a pipeline, and what each command gets as its standard streams.
import { constants } from '../../sys/constants.ts'
import { must } from '../../sys/error.ts'
import { fcntl } from '../../sys/file.ts'
import { kindOf } from '../bytes.ts'
import { Pipe } from '../pipe/pipe.ts'
import { PipeReader } from '../pipe/reader.ts'
import { PipeWriter } from '../pipe/writer.ts'
import type { PipelineOptions } from './options.ts'

/** A standard stream as child_process.spawn wants it. */
type Stream = 'inherit' | 'ignore' | number
type Streams = [stdin: Stream, stdout: Stream, stderr: Stream]
type End = PipeReader | PipeWriter

/** All pipes are made before the first command is started: when they cannot be, nothing has happened. */
export class Plumbing {
  readonly stdin: PipeWriter | undefined
  readonly stdout: PipeReader | undefined
  readonly stderr: PipeReader | undefined
  /** Of each command. */
  readonly streams: readonly Streams[]
  // Ends that belong to the children alone; we have them open until they were handed over.
  readonly #handedOver: (End | undefined)[][]
  readonly #pipes: Pipe[] = []

  constructor(count: number, options: PipelineOptions) {
    const { input, stdin = 'pipe', stdout = 'pipe', stderr = 'inherit' } = options
    // Ours to look at first: what was given may be refused.
    const given = {
      stdin: input === undefined ? streamOf(stdin, 'stdin', PipeReader) : 'pipe',
      stdout: streamOf(stdout, 'stdout', PipeWriter),
      stderr: streamOf(stderr, 'stderr', PipeWriter),
    }
    try {
      const joints = Array.from({ length: count - 1 }, () => this.#pipe())
      const first = given.stdin === 'pipe' ? this.#pipe() : undefined
      const last = given.stdout === 'pipe' ? this.#pipe() : undefined
      const errors = given.stderr === 'pipe' ? this.#pipe() : undefined
      this.stdin = first?.writer
      this.stdout = last?.reader
      this.stderr = errors?.reader
      const readers = [first?.reader, ...joints.map(({ reader }) => reader)]
      const writers = [...joints.map(({ writer }) => writer), last?.writer]
      this.streams = readers.map((reader, index) => [
        reader?.fd ?? (given.stdin as Stream),
        writers[index]?.fd ?? (given.stdout as Stream),
        errors?.writer.fd ?? (given.stderr as Stream),
      ])
      this.#handedOver = readers.map((reader, index) => [reader, writers[index]])
      this.#handedOver.at(-1)?.push(errors?.writer)
    } catch (error) {
      this.closeAll()
      throw error
    }
  }

  /** Command `index` has been started: it has its ends, and nobody else may keep them open. */
  handOver(index: number): void {
    for (const end of this.#handedOver[index] ?? []) end?.close()
  }

  closeAll(): void {
    for (const pipe of this.#pipes) pipe.close()
  }

  #pipe(): Pipe {
    const pipe = Pipe.create()
    this.#pipes.push(pipe)
    return pipe
  }
}

/** What the caller gave for a standard stream: a word, or the number of an open descriptor. */
function streamOf(
  value: unknown,
  name: string,
  kind: typeof PipeReader | typeof PipeWriter,
): Stream | 'pipe' {
  if (value === 'pipe' || value === 'inherit' || value === 'ignore') return value
  if (value instanceof kind) return value.inherit()
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
      throw new RangeError(`${name} must be a descriptor's number (0 or more), not ${value}`)
    }
    must(fcntl(value, constants.F_GETFD, 0), 'fcntl', { on: `${name}: fd ${value}`, hint: 'It is not open.' })
    return value
  }
  const got = typeof value === 'string' ? `'${value}'` : kindOf(value)
  throw new TypeError(
    `${name} must be 'pipe', 'inherit', 'ignore', a ${kind.name} or a descriptor's number, not ${got}`,
  )
}
