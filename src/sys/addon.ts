// Finds and loads the addon. Nothing outside src/sys imports this file.
import { createRequire } from 'node:module'
import type { Native } from './native.ts'

const require = createRequire(import.meta.url)

function load(): Native {
  const chosen = process.env['HUTONG_ADDON']
  const folder = `linux-${process.arch}`
  // One of the two fits the running libc; the other refuses to load, which is how we tell.
  const candidates =
    chosen === undefined
      ? ['glibc', 'musl'].map((libc) => `../../prebuilds/${folder}-${libc}/hutong.node`)
      : [chosen]
  const failures: string[] = []
  for (const candidate of candidates) {
    try {
      return require(candidate) as Native
    } catch (error) {
      failures.push(
        `  ${candidate}: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`,
      )
    }
  }
  throw new Error(
    [
      `hutong could not load its native addon for ${process.platform}-${process.arch}:`,
      ...failures,
      process.platform === 'linux'
        ? 'In a clone, run `npm run build` (it needs a C compiler and make). An installed package carries the addon for ' +
          'x64 and arm64, glibc and musl; on anything else, build it from the source.'
        : 'hutong speaks to the Linux kernel and runs on Linux only.',
    ].join('\n'),
  )
}

export const native: Native = load()
