// What util-linux's tools say of System V objects.
import { execFileSync } from 'node:child_process'
import { cleanUp } from './leaks.ts'

export type IpcOption = '-q' | '-s' | '-m'

/** lsipc(1) of one object: its columns by their names. */
export function lsipc(option: IpcOption, id: number, columns: string): Record<string, string> {
  const args = [option, '-i', `${id}`, '--raw', '--bytes', '-o', columns]
  const out = execFileSync('lsipc', args, { encoding: 'utf8' })
  const [heading = '', line = ''] = out.trimEnd().split('\n')
  const values = line.split(' ')
  return Object.fromEntries(heading.split(' ').map((name, index) => [name, values[index] ?? '']))
}

/** Makes an object with ipcmk(1), `-Q`, `-S` or `-M`; gives its id. It goes with the test at the latest: its key is not ours. */
export function ipcmk(family: '-Q' | '-S' | '-M', ...args: string[]): number {
  const out = execFileSync('ipcmk', [family, ...args], { encoding: 'utf8' })
  const id = Number(/\d+$/.exec(out.trimEnd())?.[0])
  cleanUp(() => {
    try {
      ipcrm(family === '-Q' ? '-q' : family === '-S' ? '-s' : '-m', id)
    } catch {
      // removed by the test
    }
  })
  return id
}

/** Removes one with ipcrm(1). */
export function ipcrm(option: IpcOption | '-Q' | '-S' | '-M', idOrKey: number): void {
  execFileSync('ipcrm', [option, `${idOrKey}`], { stdio: 'pipe' })
}

/** The fields that ipcs(1) prints of one object with -i: `qnum=2`. */
export function ipcs(option: IpcOption, id: number): Record<string, string> {
  const out = execFileSync('ipcs', [option, '-i', `${id}`], { encoding: 'utf8' })
  return Object.fromEntries(
    [...out.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )
}
