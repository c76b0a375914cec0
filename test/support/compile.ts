// Compiles the C peers of a test, once per change.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fixtures, root } from './paths.ts'

/** Compiles test/fixtures/`source` and gives the program's path. `flags` go to cc, e.g. `-pthread`. */
export function compile(source: string, ...flags: string[]): string {
  return compileFile(join(fixtures, source), source, flags)
}

/** Compiles any file, to build/test/bin/`name` without its ending. */
export function compileFile(from: string, name: string, flags: readonly string[] = []): string {
  const program = join(root, 'build/test/bin', name.replace(/\.c$/, ''))
  const headers = [dirname(from), join(root, 'include/hutong')].flatMap(headersIn)
  if (modified(program) > Math.max(...[from, ...headers].map(modified))) return program
  mkdirSync(dirname(program), { recursive: true })
  const fresh = `${program}.${process.pid}` // renamed when whole: test files run side by side
  execFileSync('cc', [
    '-std=c17',
    '-D_GNU_SOURCE',
    '-O1',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    fresh,
    from,
    ...flags,
  ])
  renameSync(fresh, program)
  return program
}

function headersIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.h'))
  return names.map((name) => join(folder, name))
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
