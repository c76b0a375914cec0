// What a signal does to this process: sigaction(2), as far as Node leaves it to us.
import { EBUSY } from '../../sys/errno.ts'
import { must, SysError } from '../../sys/error.ts'
import * as sys from '../../sys/signal.ts'
import { type SignalName, signalName, signalNumber } from './names.ts'
import { checkedNumber } from './set.ts'

/** What happens when the signal comes and is not blocked: its default action, nothing, or somebody's handler. */
export type Disposition = 'default' | 'ignore' | 'handled'

const DISPOSITIONS: readonly Disposition[] = ['default', 'ignore', 'handled']

/** What the signal does to this process now. */
export function disposition(name: SignalName | number): Disposition {
  const number = signalNumber(name)
  return DISPOSITIONS[must(sys.disposition(number), 'sigaction', { on: signalName(number) })] ?? 'handled'
}

function change(name: SignalName | number, wanted: 'default' | 'ignore', what: string): void {
  const number = checkedNumber(name, what)
  const on = signalName(number)
  if (disposition(number) === 'handled') {
    const hint = `It has a handler: take process.on('${on}') away first.`
    throw new SysError(EBUSY, 'sigaction', { on, hint })
  }
  must(sys.setDisposition(number, DISPOSITIONS.indexOf(wanted)), 'sigaction', { on })
}

/**
 * The process ignores the signal from now on, until `useDefault` or a `process.on` of it. Those pending are dropped. A
 * listener gets it all the same. EBUSY while somebody handles it.
 */
export function ignore(name: SignalName | number): void {
  change(name, 'ignore', 'ignore')
}

/** The signal does what it does by default from now on (see `describe`). EBUSY while somebody handles it. */
export function useDefault(name: SignalName | number): void {
  change(name, 'default', 'useDefault')
}
