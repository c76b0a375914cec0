// The programs of examples/interop: one mechanism, four languages, each on either side.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Child, start } from './child.ts'
import { compileFile } from './compile.ts'
import './leaks.ts'
import { root } from './paths.ts'

const examples = join(root, 'examples/interop')
const compiled = join(root, 'build/examples/interop')

/** What two programs of one folder do together. */
export interface Meeting {
  /** The folder in examples/interop. */
  readonly mechanism: string
  /** A fresh name of the object, as the programs take it. */
  readonly name: () => string
  /** The role that makes the object and says `ready`, and what it prints after that. */
  readonly first: Role
  /** The role that opens it. */
  readonly second: Role
  /** Flags of the C compiler. */
  readonly flags?: readonly string[]
  /** The module that the Perl program needs beyond Perl's own, e.g. `FFI::Platypus`. */
  readonly perlModule?: string
}

export interface Role {
  readonly role: string
  /** What follows the name on the command line. */
  readonly args?: readonly string[]
  readonly prints?: string
}

type Begin = (args: readonly string[]) => Child

const COMMANDS = { C: 'cc', Perl: 'perl', Python: 'python3' } as const
const LANGUAGES = ['C', 'Perl', 'Python'] as const

/** How the program of a language is started. */
function program({ mechanism, flags }: Meeting, language: (typeof LANGUAGES)[number] | 'hutong'): Begin {
  const source = (ending: string): string => join(examples, mechanism, `peer.${ending}`)
  if (language === 'hutong') {
    return (args) => start(process.execPath, [join(compiled, mechanism, 'hutong.js'), ...args])
  }
  if (language === 'Perl') return (args) => start('perl', [source('pl'), ...args])
  if (language === 'Python') return (args) => start('python3', [source('py'), ...args])
  const binary = compileFile(source('c'), `interop/${mechanism}.c`, flags)
  return (args) => start(binary, args)
}

/** Registers the tests: each language with hutong, on both sides. */
export function interop(meeting: Meeting): void {
  for (const language of LANGUAGES) {
    const skip = missing(meeting, language)
    test(`${meeting.mechanism}: ${language} makes it, hutong comes`, { skip }, () =>
      meet(meeting, program(meeting, language), program(meeting, 'hutong')),
    )
    test(`${meeting.mechanism}: hutong makes it, ${language} comes`, { skip }, () =>
      meet(meeting, program(meeting, 'hutong'), program(meeting, language)),
    )
  }
}

async function meet({ name, first, second }: Meeting, begin: Begin, come: Begin): Promise<void> {
  const object = name()
  const maker = begin([first.role, object, ...(first.args ?? [])])
  assert.equal(await maker.line(), 'ready')
  const guest = await come([second.role, object, ...(second.args ?? [])]).ended
  assert.deepEqual(guest, { code: 0, signal: null, stdout: second.prints ?? '', stderr: '' })
  const host = await maker.ended
  assert.deepEqual(host, { code: 0, signal: null, stdout: `ready\n${first.prints ?? ''}`, stderr: '' })
}

/** Why a language's tests are skipped. */
function missing({ perlModule }: Meeting, language: keyof typeof COMMANDS): string | false {
  const command = COMMANDS[language]
  if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) return `there is no ${command}`
  if (language !== 'Perl' || perlModule === undefined) return false
  return spawnSync('perl', [`-M${perlModule}`, '-e', '1']).status === 0 ? false : `Perl lacks ${perlModule}`
}
