// Does splice(2) copy? Nobody counts that, so it is tried: a page that is passed on changes when its file changes, a
// copy does not.
import { readSync, writeSync } from 'node:fs'
import { Memfd } from '../../../kernel/memfd.ts'
import { Pipe } from '../../../kernel/pipe/pipe.ts'

/** Which way splice(2) copies on this kernel, for files in memory. */
export interface SpliceCopies {
  /** From a file into a pipe. */
  readonly in: boolean
  /** From a pipe into a file. */
  readonly out: boolean
}

const PAGE = 4096

/** Tries both ways with one page. */
export function spliceCopies(): SpliceCopies {
  const source = Memfd.create('hutong-compare-probe', { size: PAGE })
  const target = Memfd.create('hutong-compare-probe', { size: PAGE })
  const pipe = Pipe.create()
  const look = Pipe.create()
  try {
    mark(source.fd, 1)
    pipe.writer.spliceFromSync(source, { offset: 0, length: PAGE })
    mark(source.fd, 2)
    // tee(2) shows what is in the pipe and leaves it there.
    pipe.reader.teeToSync(look.writer, { length: PAGE })
    const inPipe = look.reader.readSync({ max: PAGE })?.[0]
    pipe.reader.spliceToSync(target, { offset: 0, length: PAGE })
    mark(source.fd, 3)
    return { in: inPipe !== 2, out: marked(target.fd) !== 3 }
  } finally {
    for (const each of [pipe, look, source, target]) each.close()
  }
}

function mark(fd: number, value: number): void {
  writeSync(fd, Uint8Array.of(value), 0, 1, 0)
}

function marked(fd: number): number | undefined {
  const byte = new Uint8Array(1)
  readSync(fd, byte, 0, 1, 0)
  return byte[0]
}
