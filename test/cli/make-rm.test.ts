import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { shell } from '../support/hutong.ts'
import { here } from '../support/in-process.ts'
import { cleanUp, uniqueName, uniquePath } from '../support/leaks.ts'

test('each object is made as the address says, whatever the umask, and removed again', async () => {
  const [fifo, file, name] = [await uniquePath(), await uniquePath(), uniqueName()]
  const table: [address: string, path: string, mode: number, size: number][] = [
    [`fifo:${fifo}`, fifo, 0o600, 0],
    [`fifo:${fifo}?mode=0662`, fifo, 0o662, 0],
    [`mmap:${file}?size=12K`, file, 0o600, 12_288],
    [`mmap:${file}?size=1&mode=0640`, file, 0o640, 1],
    [`posix-shm:/${name}?size=4K`, `/dev/shm/${name}`, 0o600, 4096],
    [`posix-shm:/${name}?size=5&mode=0666`, `/dev/shm/${name}`, 0o666, 5],
  ]
  const umask = process.umask(0o077)
  cleanUp(() => process.umask(umask))
  for (const [address, path, mode, size] of table) {
    const made = await here(['make', address])
    assert.deepEqual([made.code, made.stderr], [0, ''], address)
    const plain = address.replace(/\?.*/, '')
    assert.equal(made.stdout, `${plain}\n`, 'the address, for what comes next')
    const stat = lstatSync(path)
    assert.deepEqual([stat.mode & 0o7777, stat.size, stat.isFIFO()], [mode, size, address.startsWith('fifo')])
    const again = await here(['make', address])
    assert.deepEqual([again.code, again.stdout], [1, ''])
    assert.match(again.stderr, /^hutong make: EEXIST: [^\n]*\n$/)
    const removed = await here(['rm', plain])
    assert.deepEqual(removed, { ...removed, code: 0, stdout: '', stderr: '' })
    assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined)
  }
})

test('a size beyond the file system fails and leaves nothing', async () => {
  const name = uniqueName()
  const { blocks, bsize } = statfsSync('/dev/shm')
  const { code, stderr, stdout } = await here(['make', `posix-shm:/${name}?size=${blocks * bsize + 1}`])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^hutong make: (ENOSPC|ENOMEM): [^\n]*\n$/)
  assert.ok(!readdirSync('/dev/shm').includes(name))
})

test('what was made is what mkfifo and C programs use', async () => {
  const path = await uniquePath()
  const { stdout } = await shell(
    `umask 0; $hutong make fifo:${path}; (echo over >${path}) & cat ${path}; $hutong rm fifo:${path}`,
  )
  assert.equal(stdout, `fifo:${path}\nover\n`)
  assert.ok(!existsSync(path))
})

test('rm goes on after a failure, reports each, and refuses what is not what the address says', async () => {
  const [fifo, file, folder, link] = [
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
    await uniquePath(),
  ]
  execFileSync('mkfifo', [fifo])
  writeFileSync(file, 'keep')
  mkdirSync(folder)
  symlinkSync(fifo, link)
  const { code, stderr } = await here([
    'rm',
    `fifo:${file}`,
    `mmap:${folder}`,
    `fifo:${link}`,
    `mmap:${fifo}`,
    `fifo:${folder}/no`,
    `fifo:${fifo}`,
  ])
  assert.equal(code, 1)
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, 5)
  for (const [index, object] of [file, folder, link, fifo, `${folder}/no`].entries()) {
    assert.ok(lines[index]?.includes(object), lines[index])
  }
  assert.deepEqual(
    [lstatSync(fifo, { throwIfNoEntry: false }), lstatSync(file).size, readlinkSync(link)],
    [undefined, 4, fifo],
  )
  rmSync(folder, { recursive: true })
  rmSync(link)
  assert.equal((await here(['rm', `mmap:${file}`])).code, 0)
  assert.ok(!readdirSync(dirname(file)).includes(file.slice(dirname(file).length + 1)))
})

test('a slip in the last address removes nothing', async () => {
  const path = await uniquePath()
  execFileSync('mkfifo', [path])
  const { code } = await here(['rm', `fifo:${path}`, 'fifo'])
  assert.equal(code, 2)
  assert.ok(lstatSync(path).isFIFO())
  rmSync(path)
})
