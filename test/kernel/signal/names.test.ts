import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { constants } from 'node:os'
import { test } from 'node:test'
import { type SignalName, signals } from 'hutong'

test('every signal has the number that the shell and Node know', () => {
  const shell = execFileSync('bash', ['-c', 'kill -l'], { encoding: 'utf8' })
  const known = [...shell.matchAll(/(\d+)\) (SIG\S+)/g)].map(([, number, name]) => [name, Number(number)])
  assert.deepEqual(
    signals.list().map(({ name, number }) => [name, number]),
    known,
  )
  for (const [name, number] of Object.entries(constants.signals)) {
    assert.equal(signals.number(name as NodeJS.Signals), number)
  }
})

test('real-time signals are counted from both ends', () => {
  const { SIGRTMIN, SIGRTMAX } = signals
  assert.equal(signals.number('SIGRTMIN+3'), SIGRTMIN + 3)
  assert.equal(signals.number('SIGRTMAX-2'), SIGRTMAX - 2)
  assert.equal(signals.number('SIGRTMIN'), SIGRTMIN)
  assert.equal(signals.number('SIGRTMAX'), SIGRTMAX)
  assert.equal(signals.number(`SIGRTMIN+${SIGRTMAX - SIGRTMIN}`), SIGRTMAX)
  assert.equal(signals.name(SIGRTMIN + 3), 'SIGRTMIN+3')
  assert.equal(signals.name(SIGRTMAX - 2), 'SIGRTMAX-2')
  for (let number = 1; number <= SIGRTMAX; number++) {
    if (number < SIGRTMIN && number > 31) continue
    assert.equal(signals.number(signals.name(number)), number)
  }
})

test('a name that no signal has is refused, with the nearest one', () => {
  const refused: [SignalName, RegExp][] = [
    ['SIGTERN' as SignalName, /no signal is called 'SIGTERN'; did you mean SIGTERM\?/],
    ['usr2' as SignalName, /did you mean SIGUSR2\?/],
    ['SIGRTMIN+31', /SIGRTMIN to SIGRTMIN\+30 and SIGRTMAX-30 to SIGRTMAX/],
    ['SIGRTMAX-31', /SIGRTMAX-30/],
    ['' as SignalName, /no signal is called ''/],
    ['toString' as SignalName, /no signal is called/],
  ]
  for (const [name, message] of refused) {
    assert.throws(() => signals.number(name), { name: 'RangeError', message })
  }
  for (const number of [0, -1, 65, 1.5, Number.NaN]) {
    assert.throws(() => signals.number(number), { name: 'RangeError', message: /1 to 64/ })
  }
  assert.throws(() => signals.number(null as never), { name: 'TypeError', message: /not null/ })
})

test('the default action of every signal is the one that signal(7) names', () => {
  const by = (action: string): string[] =>
    signals
      .list()
      .filter((signal) => signal.action === action)
      .map(({ name }) => name)
  assert.deepEqual(by('stop'), ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'])
  assert.deepEqual(by('continue'), ['SIGCONT'])
  assert.deepEqual(by('ignore'), ['SIGCHLD', 'SIGURG', 'SIGWINCH'])
  assert.equal(by('core').length, 10)
  assert.deepEqual(signals.describe('SIGRTMIN+3'), {
    name: 'SIGRTMIN+3',
    number: signals.SIGRTMIN + 3,
    realTime: true,
    action: 'terminate',
  })
})
