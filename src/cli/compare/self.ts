// How this command was called, so that the commands it suggests work when they are typed.
import { basename, relative, sep } from 'node:path'
import { quoted } from './look.ts'

/** `script` as in process.argv[1]. */
export function selfCommand(script: string, cwd: string): string {
  if (script.includes(`${sep}node_modules${sep}.bin${sep}`)) return 'npx hutong'
  if (basename(script) === 'hutong') return 'hutong'
  const short = relative(cwd, script)
  return `node ${quoted(short.startsWith('..') ? script : short)}`
}

/** The command line with `self` for `hutong`. */
export function asCalled(line: string, self: string): string {
  return line.replace(/^hutong(?= )/, () => self)
}
