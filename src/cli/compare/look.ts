// Commands that show a mechanism's objects to somebody in another terminal.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Role } from './model.ts'

type Pids = Readonly<Record<Role, number>>

/** Whether a program of this name can be run. */
export function isInstalled(program: string, path: string = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** For what both sides hold as descriptors; `name` and `inode` as the kernel gives them. */
export function lookAtPipe(pids: Pids, name: string, inode: number): string[] {
  const commands = [`hutong show ${quoted(name)}`, `ls -l /proc/${pids.sender}/fd /proc/${pids.receiver}/fd`]
  if (isInstalled('lsof')) commands.push(`lsof -p ${pids.sender},${pids.receiver} | grep ${inode}`)
  return commands
}

/** For what both sides have mapped; `pattern` finds it in /proc/PID/maps. */
export function lookAtMappings(pids: Pids, pattern: string): string {
  return `grep ${quoted(pattern)} /proc/${pids.sender}/maps /proc/${pids.receiver}/maps`
}
