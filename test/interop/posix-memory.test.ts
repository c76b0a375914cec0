import { interop } from '../support/interop.ts'
import { uniqueName } from '../support/leaks.ts'

const text = 'shared by two languages'

interop({
  mechanism: 'posix-memory',
  name: () => `/${uniqueName()}`,
  first: { role: 'ask', args: [text], prints: `${text.toUpperCase()}\n` },
  second: { role: 'answer' },
  flags: ['-lrt'],
})
