import { mq_unlink } from 'hutong/sys'
import { interop } from '../support/interop.ts'
import { cleanUp, uniqueName } from '../support/leaks.ts'

const long = 'message'.repeat(1000)

/** A fresh name of two queues, which are removed when the test has ended. */
function names(): string {
  const name = uniqueName()
  cleanUp(() => [name, `${name}-answers`].map(mq_unlink))
  return `/${name}`
}

interop({
  mechanism: 'posix-queue',
  name: names,
  first: { role: 'answer' },
  second: { role: 'ask', args: ['hello', 'x', long], prints: `1 HELLO\n2 X\n3 ${long.toUpperCase()}\n` },
  flags: ['-lrt'],
  perlModule: 'FFI::Platypus',
})
