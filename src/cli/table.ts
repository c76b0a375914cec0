// The commands, in the order of the help. Each is loaded when it is wanted.
import type { CommandTable } from './command.ts'

export const commands: CommandTable = {
  compare: () => import('./command/compare.ts'),
  ls: () => import('./command/ls.ts'),
  show: () => import('./command/show.ts'),
  make: () => import('./command/make.ts'),
  rm: () => import('./command/rm.ts'),
  send: () => import('./command/send.ts'),
  recv: () => import('./command/recv.ts'),
  sem: () => import('./command/sem.ts'),
  lock: () => import('./command/lock.ts'),
  signal: () => import('./command/signal.ts'),
  completion: () => import('./command/completion.ts'),
  help: () => import('./command/help.ts'),
}
