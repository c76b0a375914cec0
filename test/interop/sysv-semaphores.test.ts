import { interop } from '../support/interop.ts'
import { uniqueKey } from '../support/leaks.ts'

interop({
  mechanism: 'sysv-semaphores',
  name: () => `0x${uniqueKey().toString(16)}`,
  first: { role: 'return', args: ['300'], prints: '300 rounds\n' },
  second: { role: 'serve', args: ['300'], prints: '300 rounds\n' },
})
