// `hutong sem`: a semaphore from a script.
import type { Command } from '../command.ts'
import { DONE, UsageError } from '../exit.ts'

const LONGEST_TIMEOUT = 2 ** 31 - 1
/** What it can do. */
export const ACTIONS = ['wait', 'post', 'value'] as const
type Action = (typeof ACTIONS)[number]

export const command: Command = {
  name: 'sem',
  summary: 'wait on a semaphore, post it, or tell its value',
  usage: ['sem [OPTION...] ADDRESS wait|post|value'],
  description: [
    'ADDRESS is posix-sem:/name or sysv-sem:KEY, where ?index=2 means one semaphore of the set; the first, if not given.',
    'wait takes one unit, and waits until there is one; post gives one. value prints what is there: of a set without ?index= that of each semaphore, one per line.',
    'What wait has taken stays taken when the command ends, until somebody posts it. (SEM_UNDO would give it back at that very moment, so there is no option for it.) To hold a semaphore while a command runs, and to have it given back whatever happens, use hutong lock.',
  ],
  operands: ['address', 'action'],
  options: {
    timeout: { type: 'string', value: 'MS', help: 'milliseconds to wait; then exit status 124' },
    try: { type: 'boolean', short: 'n', help: 'do not wait: EAGAIN and exit status 1 if there is no unit' },
  },
  examples: [
    { line: 'hutong sem posix-sem:/gate wait --timeout 5000', does: 'one unit, within five seconds' },
    { line: "hutong sem 'sysv-sem:0x1234?index=2' post", does: 'one more for the third of the set' },
    { line: 'hutong sem sysv-sem:0x1234 value', does: 'the values of all of them' },
  ],
  async run(args, io) {
    const [word, action, ...more] = args.operands
    if (word === undefined) throw new UsageError('ADDRESS is missing')
    const doing = actionOf(action)
    if (more.length > 0) throw new UsageError(`one address and one action only; '${more[0]}' is too much`)
    for (const name of ['timeout', 'try']) {
      if (args.flag(name) && doing !== 'wait') throw new UsageError(`--${name} goes with wait`)
    }
    if (args.flag('timeout') && args.flag('try'))
      throw new UsageError('--timeout and --try exclude each other')
    const timeout = args.number('timeout', { min: 0, max: LONGEST_TIMEOUT })
    const { addressOf } = await import('../mechanisms.ts')
    const { openSemaphore, SEMAPHORES } = await import('../lane/semaphore.ts')
    const semaphore = await openSemaphore(addressOf(word, SEMAPHORES, 'waited on or posted'), false)
    try {
      if (doing === 'value')
        io.stdout.write(
          semaphore
            .values()
            .map((value) => `${value}\n`)
            .join(''),
        )
      else if (doing === 'post') semaphore.post()
      else {
        const { takeUnit } = await import('../lane/take.ts')
        await takeUnit(semaphore, { timeout, only: args.flag('try') })
      }
    } finally {
      semaphore.close()
    }
    return DONE
  },
}

function actionOf(word: string | undefined): Action {
  const doing = ACTIONS.find((known) => known === word)
  if (doing !== undefined) return doing
  throw new UsageError(
    `say ${ACTIONS.join(', ')} after the address${word === undefined ? '' : `, not '${word}'`}`,
  )
}
