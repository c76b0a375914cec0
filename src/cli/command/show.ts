// `hutong show`: one object in full and its users; or one process and what it holds.
import type { Command } from '../command.ts'
import { DONE } from '../exit.ts'
import { oneOperand } from '../operand.ts'

export const command: Command = {
  name: 'show',
  summary: 'show one object and its users, or what one process holds',
  usage: ['show [OPTION...] ADDRESS|PATH|ID|PID'],
  description: [
    'ADDRESS is any that make takes, fd:N (of this command) or - (its standard input); PATH a FIFO, a socket or a file; ID a name that ls or the kernel prints, such as pipe:[12345], socket:[12345] or lock:[254:0:77]; PID a process.',
    'For each user: its role, and the descriptor, mapping or lock through which it holds the object; the call in which it waits; or that it used it last.',
  ],
  operands: ['address'],
  options: {
    json: { type: 'boolean', short: 'J', help: 'one JSON document, in the form of ls --json' },
    'no-peek': {
      type: 'boolean',
      help: 'borrow no descriptor: what a pipe holds and the seals of a memfd stay unknown',
    },
  },
  examples: [
    { line: 'hutong show posix-shm:/frames', does: 'its size, its owner, and who maps it' },
    { line: 'hutong show sysv-sem:0x1234', does: 'each value, who waits, and who changed it last' },
    { line: "hutong show 'pipe:[12345]'", does: 'both ends of the pipe that ls -l /proc/PID/fd names' },
    { line: 'hutong show 4711', does: 'what process 4711 shares, and with whom' },
  ],
  async run(args, io) {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(oneOperand(args.operands, 'ADDRESS'))
    const { checkPids, unseenError } = await import('../observer.ts')
    if ('pid' in target) checkPids([target.pid])
    const { collect } = await import('../../inspect/index.ts')
    const host = await collect({ peek: !args.flag('no-peek'), allProcesses: 'pid' in target })
    const { only, select } = await import('../selection.ts')
    const { readNames } = await import('../users.ts')
    const { formatObject, formatProcess } = await import('../format/show.ts')
    if (!('pid' in target)) {
      const object = target.find(host)
      const part = { ...only(host, [object]), objects: [object] }
      const text = (): string => formatObject(object, part, readNames(), io.stdout)
      io.stdout.write(args.flag('json') ? `${JSON.stringify(part, null, 2)}\n` : text())
      return DONE
    }
    const process = host.processes.find(({ pid }) => pid === target.pid)
    if (process === undefined || host.unseen.processes.includes(target.pid)) throw unseenError(target.pid)
    const selected = select(host, { kinds: [], pids: [target.pid], orphans: false, all: true }).host
    const part = selected.processes.includes(process)
      ? selected
      : { ...selected, processes: [...selected.processes, process] }
    const text = (): string => formatProcess(process, part, readNames(), io.stdout)
    io.stdout.write(args.flag('json') ? `${JSON.stringify(part, null, 2)}\n` : text())
    return DONE
  },
}
