// Names of users and groups, from the files that every system has; a directory service's users keep their numbers.
import { readFileSync } from 'node:fs'

export interface Names {
  user(uid: number): string
  group(gid: number): string
}

export function readNames(): Names {
  const users = read('/etc/passwd')
  const groups = read('/etc/group')
  return {
    user: (uid) => users.get(uid) ?? String(uid),
    group: (gid) => groups.get(gid) ?? String(gid),
  }
}

function read(path: string): Map<number, string> {
  const names = new Map<number, string>()
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // a container without the file
  }
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':')
    if (/^[0-9]+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}
