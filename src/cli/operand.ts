// Operands that must be there.
import { UsageError } from './exit.ts'

/** The one operand of a command. */
export function oneOperand(operands: readonly string[], name: string): string {
  const [operand, ...more] = operands
  if (operand === undefined) throw new UsageError(`${name} is missing`)
  if (more.length > 0) throw new UsageError(`one ${name} only; '${more[0]}' is too much`)
  return operand
}
