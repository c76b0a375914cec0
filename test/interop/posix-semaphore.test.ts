import { interop } from '../support/interop.ts'
import { uniqueName } from '../support/leaks.ts'

interop({
  mechanism: 'posix-semaphore',
  name: () => `/${uniqueName()}`,
  first: { role: 'return', args: ['300'], prints: '300 rounds\n' },
  second: { role: 'serve', args: ['300'], prints: '300 rounds\n' },
  flags: ['-pthread'],
  perlModule: 'FFI::Platypus',
})
