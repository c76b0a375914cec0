// /proc/sysvipc: every System V object of this IPC namespace, whoever owns it; proc_sysvipc(5).
import { readFileSync } from 'node:fs'

/** One line, by the names of its columns; `perms` is in octal there, and a number here. */
export type SysvLine = Readonly<Record<string, number>>

/** The lines of `msg`, `sem` or `shm`; none where the kernel is built without them. */
export function listSysv(kind: 'msg' | 'sem' | 'shm'): SysvLine[] {
  try {
    return parseSysv(readFileSync(`/proc/sysvipc/${kind}`, 'utf8'))
  } catch {
    return []
  }
}

export function parseSysv(text: string): SysvLine[] {
  const [heading = '', ...lines] = text.split('\n')
  const names = heading.trim().split(/\s+/)
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/)
    if (words.length !== names.length) return []
    return [
      Object.fromEntries(
        names.map((name, index) => [name, Number.parseInt(words[index] ?? '', name === 'perms' ? 8 : 10)]),
      ),
    ]
  })
}
