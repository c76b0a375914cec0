// The C compiler and a C program agree about every struct.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Mapping } from 'hutong'
import { start } from '../../support/child.ts'
import '../../support/leaks.ts'
import { prefix } from '../../support/leaks.ts'
import { fixtures } from '../../support/paths.ts'
import { below, seeded } from '../../support/random.ts'
import { Order, values } from './order.ts'
import { type Schema, schema } from './schemas.ts'

const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
after(() => rmSync(folder, { recursive: true }))

function cc(source: string): string {
  const program = join(folder, 'program')
  const flags = ['-std=c17', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', `-I${folder}`]
  execFileSync('cc', [...flags, '-o', program, source])
  return program
}

/** Prints sizeof, _Alignof and each offsetof of the structs as C alone has them. */
function probe(schemas: readonly Schema[]): string {
  const includes = ['stdio', 'stddef', 'stdint'].map((name) => `#include <${name}.h>`)
  const types = schemas.map(({ body }, i) => `typedef ${body} own_${i};\n#include "s${i}.h"`)
  const prints = schemas.map(({ fields }, i) => {
    const facts = [`sizeof(own_${i})`, `_Alignof(own_${i})`, ...fields.map((f) => `offsetof(own_${i}, ${f})`)]
    return `  printf("${facts.map(() => '%zu').join(' ')}\\n", ${facts.join(', ')});`
  })
  return [...includes, ...types, 'int main(void) {', ...prints, '  return 0;', '}', ''].join('\n')
}

test('sizes, alignments and offsets of any struct are those of the C compiler, and so says each header', () => {
  const seed = below(Math.random, 2 ** 32)
  const random = seeded(seed)
  const schemas = Array.from({ length: 100 }, () => schema(random))
  schemas.forEach(({ struct }, i) => {
    writeFileSync(join(folder, `s${i}.h`), struct.header(`s${i}`))
  })
  const source = join(folder, 'probe.c')
  writeFileSync(source, probe(schemas))
  const answers = execFileSync(cc(source), { encoding: 'utf8' }).trimEnd().split('\n')
  const ours = schemas.map(({ struct: { size, alignment, offsets }, fields }) =>
    [size, alignment, ...fields.map((name) => offsets[name])].join(' '),
  )
  assert.deepEqual(ours, answers, `seed ${seed}`)
})

test('a C program reads what is written here, writes what is read here, and counts beside us without a loss', async () => {
  writeFileSync(join(folder, 'order.h'), Order.header())
  const peer = cc(join(fixtures, 'struct-peer.c'))
  const path = join(folder, 'memory')
  using mapping = Mapping.create(path, { length: Order.size })

  Order.write(mapping, values)
  const line =
    '2 18446744073709551615 -128 -2 -9223372036854775808 0.25 -1e+300 1 e9 胡同 lane 1.255 fff2 ' +
    '1.2.65535 1.5.7 2.5.8 3.5.4294967295 abc. 1.6 1099511627776 -5 0 3 -4\n'
  assert.equal(execFileSync(peer, ['print', path], { encoding: 'utf8' }), line)

  mapping.bytes.fill(0)
  execFileSync(peer, ['write', path])
  assert.deepEqual(Order.read(mapping), values)

  const order = Order.at(mapping)
  const times = 200_000
  const child = start(peer, ['count', path, `${times}`])
  assert.equal(await child.line(), 'ready')
  order.go.store(1)
  for (let i = 0; i < times; i++) {
    order.hits.add(2)
    order.total.sub(2n)
  }
  assert.equal((await child.ended).code, 0)
  assert.equal(order.hits.load(), 3 + 3 * times)
  assert.equal(order.total.load(), BigInt(-4 + times))
})
