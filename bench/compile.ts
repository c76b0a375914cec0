// Compiles the C side of the trials.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's root, seen from build/bench. */
export const root = new URL('../../', import.meta.url)

const output = new URL('build/bench/c/', root)

/** The flags are those a distribution builds with. */
const FLAGS = ['-O2', '-std=c17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-pthread']

export const programs = [
  'pipe',
  'ring',
  'queue',
  'semaphore',
  'signal',
  'socket',
  'channel',
  'single',
  'holder',
] as const
export type Program = (typeof programs)[number]

export function programPath(program: Program): string {
  return fileURLToPath(new URL(program, output))
}

const sources = new URL('bench/c/', root)

/** When any of the sources was changed: the headers are everybody's. */
function lastChange(): number {
  return Math.max(...readdirSync(sources).map((file) => statSync(new URL(file, sources)).mtimeMs))
}

export function compile(): void {
  mkdirSync(output, { recursive: true })
  const changed = lastChange()
  for (const program of programs) {
    const path = programPath(program)
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > changed) continue
    const source = fileURLToPath(new URL(`${program}.c`, sources))
    const fresh = `${path}.${process.pid}` // renamed when whole: another run may be using it
    // -lrt: where mq_open was before glibc 2.34.
    execFileSync('cc', [...FLAGS, '-o', fresh, source, '-lrt'], { stdio: ['ignore', 'inherit', 'inherit'] })
    renameSync(fresh, path)
  }
}
