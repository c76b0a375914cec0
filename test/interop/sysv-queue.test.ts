import { interop } from '../support/interop.ts'
import { uniqueKey } from '../support/leaks.ts'

const long = 'message'.repeat(1000)

interop({
  mechanism: 'sysv-queue',
  name: () => `0x${uniqueKey().toString(16)}`,
  first: { role: 'answer' },
  second: { role: 'ask', args: ['hello', 'x', long], prints: `HELLO\nX\n${long.toUpperCase()}\n` },
})
