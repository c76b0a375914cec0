import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asksForHelp, readArguments } from '#src/cli/arguments.ts'
import { UsageError } from '#src/cli/exit.ts'
import type { OptionSpecs } from '#src/cli/options.ts'

const SPECS: OptionSpecs = {
  json: { type: 'boolean', short: 'J', help: '' },
  count: { type: 'string', short: 'n', value: 'COUNT', help: '' },
  pid: { type: 'string', value: 'PID', multiple: true, help: '' },
  colour: { type: 'string', value: 'NAME', choices: ['red', 'blue'], help: '' },
}

test('options and operands in any order, long, short, glued and with an equal sign', () => {
  for (const words of [
    ['a', '--json', '--count', '3', 'b'],
    ['-J', '-n3', 'a', 'b'],
    ['--count=3', 'a', '-J', 'b'],
    ['-n', '3', '-J', '--', 'a', 'b'],
    ['-Jn3', 'a', 'b'],
  ]) {
    const args = readArguments(words, SPECS)
    assert.deepEqual(
      [args.operands, args.flag('json'), args.value('count')],
      [['a', 'b'], true, '3'],
      words.join(' '),
    )
  }
})

test('a dash, an address that begins with one, and what follows -- are operands', () => {
  const { operands } = readArguments(['-', '-?framing=none', '--', '--json', '-?x'], SPECS)
  assert.deepEqual(operands, ['-', '-?framing=none', '--json', '-?x'])
})

test('the last value counts, unless all do', () => {
  const args = readArguments(['--count', '1', '--pid', '1', '--count', '2', '--pid', '2'], SPECS)
  assert.deepEqual([args.value('count'), args.values('pid'), args.flag('json')], ['2', ['1', '2'], false])
})

test('numbers are whole, decimal and within their bounds', () => {
  const number = (text: string) =>
    readArguments(['--count', text], SPECS).number('count', { min: 1, max: 100 })
  assert.equal(number('100'), 100)
  for (const text of ['0', '101', '-1', '1.5', '0x10', '1e1', '', ' 1', '9'.repeat(40)]) {
    assert.throws(() => number(text), UsageError, text)
  }
  assert.equal(readArguments([], SPECS).number('count', { min: 1, max: 2 }), undefined)
})

test('slips name the option as it was written', () => {
  const table: [string[], RegExp][] = [
    [['--jsn'], /unknown option --jsn; did you mean --json\?/],
    [['--unlike-anything'], /unknown option --unlike-anything$/],
    [['-x'], /unknown option -x$/],
    [['--json=1'], /--json takes no value/],
    [['--count'], /--count needs a value: --count COUNT/],
    [['-n'], /-n needs a value: -n COUNT/],
    [['--colour', 'green'], /--colour is one of red, blue, not 'green'/],
    [['--constructor'], /unknown option --constructor/],
    [['--__proto__'], /unknown option --__proto__/],
  ]
  for (const [words, message] of table) {
    assert.throws(() => readArguments(words, SPECS), { name: 'UsageError', message })
  }
})

test('help is asked for also among slips, but not behind --', () => {
  assert.ok(asksForHelp(['--nonsense', '-h'], SPECS))
  assert.ok(asksForHelp(['x', '--help', '--count'], SPECS))
  assert.ok(!asksForHelp(['--', '--help'], SPECS))
  assert.ok(!asksForHelp(['-'], SPECS))
})
