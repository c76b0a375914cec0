// The packages that people use today: dependencies of bench/ alone, installed only where they are to be measured.
import { createRequire } from 'node:module'
import type { Contestant, Soloist } from './case.ts'
import { root } from './compile.ts'

const require = createRequire(new URL('bench/package.json', root))

/** The rival's module; its side says what is in it. */
export function load<Module>(name: string): Module {
  return require(name) as Module
}

const packages: readonly string[] = [
  'svmq',
  'node-unix-socket',
  'unix-dgram',
  'usocket',
  'fs-ext',
  'os-lock',
  'proper-lockfile',
  'shm-typed-array',
]

/** Why a contestant cannot take part; undefined: it can. */
export function missing(contestant: Contestant | Soloist): string | undefined {
  if (!packages.includes(contestant)) return undefined
  try {
    require.resolve(contestant)
    return undefined
  } catch {
    return `${contestant} is not installed: npm install --prefix bench`
  }
}
