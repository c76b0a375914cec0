// Whether the commands of a pipeline can be run, asked before the first of them is.
import { accessSync, constants as fs, statSync } from 'node:fs'
import { errno } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import type { PipelineCommand, PipelineOptions } from './options.ts'

const EACCES = errno['EACCES'] ?? 0
const ENOENT = errno['ENOENT'] ?? 0
const ENOTDIR = errno['ENOTDIR'] ?? 0
// What execvp(3) of glibc takes when there is no PATH.
const DEFAULT_PATH = '/bin:/usr/bin'

/** Throws what chdir(2) or execvp(3) would fail with, naming the folder or the command. */
export function checkPrograms(commands: readonly PipelineCommand[], { cwd, env }: PipelineOptions): void {
  if (cwd !== undefined) {
    const wrong = whyNot(cwd, true)
    if (wrong !== 0) throw new SysError(wrong, 'chdir', { path: cwd, on: `to cwd ${cwd}` })
  }
  for (const [index, [program]] of commands.entries()) {
    const wrong = search(program, cwd, (env ?? process.env)['PATH'])
    if (wrong === 0) continue
    const which = commands.length > 1 ? ` (command ${index + 1} of ${commands.length})` : ''
    const hint = program.includes('/') ? {} : { hint: 'It was looked for in every folder of PATH.' }
    throw new SysError(wrong, 'spawn', { path: program, on: `${program}${which}`, ...hint })
  }
}

/** As execvp(3) looks: 0 if the program is there and can be run, or an errno. */
function search(program: string, cwd: string | undefined, path = DEFAULT_PATH): number {
  // Not path.join(): it would take `link/..` for nothing, which it is not.
  const from = (folder: string): string =>
    cwd === undefined || folder.startsWith('/') ? folder : `${cwd}/${folder}`
  if (program.includes('/')) return whyNot(from(program), false)
  let wrong = ENOENT
  for (const folder of path.split(':')) {
    const found = whyNot(`${from(folder === '' ? '.' : folder)}/${program}`, false)
    if (found === 0) return 0
    if (found === EACCES) wrong = EACCES // unless there is another further on
  }
  return wrong
}

/** Why `path` is no folder that can be entered, or no file that can be run: an errno, or 0. */
function whyNot(path: string, folder: boolean): number {
  try {
    const about = statSync(path)
    if (folder && !about.isDirectory()) return ENOTDIR
    if (!folder && !about.isFile()) return EACCES
    accessSync(path, fs.X_OK)
    return 0
  } catch (error) {
    const { errno: failed } = error as NodeJS.ErrnoException
    if (failed === undefined) throw error
    return -failed
  }
}
