import { interop } from '../support/interop.ts'
import { uniqueKey } from '../support/leaks.ts'

const text = 'shared by two languages'

interop({
  mechanism: 'sysv-memory',
  name: () => `0x${uniqueKey().toString(16)}`,
  first: { role: 'ask', args: [text], prints: `${text.toUpperCase()}\n` },
  second: { role: 'answer' },
})
