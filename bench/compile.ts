// Compiles the C side of the trials.
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's root, seen from build/bench. */
export const root = new URL('../../', import.meta.url)

const output = new URL('build/bench/c/', root)

/** The flags are those a distribution builds with. */
const FLAGS = ['-O2', '-std=c17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror']

export const programs = ['pipe', 'ring'] as const
export type Program = (typeof programs)[number]

export function programPath(program: Program): string {
  return fileURLToPath(new URL(program, output))
}

export function compile(): void {
  mkdirSync(output, { recursive: true })
  for (const program of programs) {
    const source = fileURLToPath(new URL(`bench/c/${program}.c`, root))
    const fresh = `${programPath(program)}.${process.pid}` // renamed when whole: another run may be using it
    execFileSync('cc', [...FLAGS, '-o', fresh, source], { stdio: ['ignore', 'inherit', 'inherit'] })
    renameSync(fresh, programPath(program))
  }
}
