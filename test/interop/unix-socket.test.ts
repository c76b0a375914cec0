// An open file travels between hutong, C and Python, and each knows who sent it.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Child, start } from '../support/child.ts'
import { compileFile } from '../support/compile.ts'
import { uniquePath } from '../support/leaks.ts'
import { root } from '../support/paths.ts'

type Peer = (...args: string[]) => Child

const folder = join(root, 'examples/interop/unix-socket')
const peers: Readonly<Record<string, Peer>> = {
  hutong: (...args) =>
    start(process.execPath, [join(root, 'build/examples/interop/unix-socket/hutong.js'), ...args]),
  C: (...args) => start(compileFile(join(folder, 'peer.c'), 'interop/unix-socket.c'), args),
  Python: (...args) => start('python3', [join(folder, 'peer.py'), ...args]),
}

async function meet(serve: Peer, give: Peer): Promise<void> {
  const [path, file] = [await uniquePath(), await uniquePath()]
  writeFileSync(file, 'what the file holds')
  const server = serve('serve', path)
  assert.equal(await server.line(), 'ready')
  const client = give('give', path, file)
  assert.deepEqual(await client.ended, {
    code: 0,
    signal: null,
    stdout: 'WHAT THE FILE HOLDS\n',
    stderr: '',
  })
  const { code, stdout, stderr } = await server.ended
  assert.deepEqual([code, stderr], [0, ''])
  const who = `process ${client.pid} of user ${process.getuid?.()}, group ${process.getgid?.()}`
  assert.equal(stdout, `ready\n${who}: what the file holds\n`)
}

const { hutong, C, Python } = peers as { hutong: Peer; C: Peer; Python: Peer }
test('unix-socket: C gives hutong a file', () => meet(hutong, C))
test('unix-socket: Python gives hutong a file', () => meet(hutong, Python))
test('unix-socket: hutong gives C a file', () => meet(C, hutong))
test('unix-socket: hutong gives Python a file', () => meet(Python, hutong))
