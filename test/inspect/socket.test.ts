// The sockets that the inspector lists, beside what ss(8) and lsof(8) say.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { TcpListener, TcpSocket, UdpSocket, UnixDatagram, UnixListener, UnixSocket } from 'hutong'
import { collect, type IpcObject } from 'hutong/inspect'
import { endpoint, internetEntry, unixTable } from '#src/inspect/proc/net.ts'
import { unixSockets } from '#src/inspect/proc/sock-diag.ts'
import { cleanUp, descriptors, uniqueName, uniquePath } from '../support/leaks.ts'

const missing = (command: string): string | false =>
  spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0 && `there is no ${command}`

type SocketObject = Extract<IpcObject, { kind: 'unix' | 'tcp' | 'udp' }>

async function sockets(): Promise<SocketObject[]> {
  const { objects } = await collect()
  return objects.filter((object): object is SocketObject => 'ends' in object)
}

/** Inodes of this process's own sockets, which do not change meanwhile. */
function own(): Set<number> {
  const numbers = [...descriptors().values()].map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1])
  return new Set(numbers.filter((number) => number !== undefined).map(Number))
}

function closedAtTheEnd<T extends { close(): void }>(object: T): T {
  cleanUp(() => object.close())
  return object
}

/** One of each kind. */
async function some(): Promise<void> {
  const path = await uniquePath()
  const listener = closedAtTheEnd(UnixListener.listen(path))
  closedAtTheEnd(UnixSocket.connectSync(path))
  closedAtTheEnd(await listener.accept())
  for (const type of ['stream', 'seqpacket'] as const) UnixSocket.pair({ type }).forEach(closedAtTheEnd)
  UnixDatagram.pair().forEach(closedAtTheEnd)
  closedAtTheEnd(UnixDatagram.create({ abstract: uniqueName() }))
  const tcp = closedAtTheEnd(await TcpListener.listen({ host: '127.0.0.1', port: 0 }))
  closedAtTheEnd(await TcpSocket.connect(tcp.name))
  closedAtTheEnd(await tcp.accept())
  closedAtTheEnd(await UdpSocket.create({ host: '127.0.0.1', port: 0 }))
}

test('ss -x and the inspector know the same Unix sockets, and the same peers', {
  skip: missing('ss'),
}, async () => {
  await some()
  const ours = own()
  const lines = execFileSync('ss', ['-xaH'], { encoding: 'utf8' }).split('\n').slice(0, -1)
  const theirs = lines.flatMap((line) => {
    const [type = '', , , , , inode = '', , peer = ''] = line.trim().split(/\s+/)
    return ours.has(Number(inode))
      ? [
          `${type.replace('u_', '').replace('str', 'stream').replace('dgr', 'dgram').replace('seq', 'seqpacket')} ${inode} ${peer}`,
        ]
      : []
  })
  const found = (await sockets()).flatMap((object) => {
    if (object.kind !== 'unix') return []
    return object.ends.flatMap(({ inode }) => {
      if (!ours.has(inode)) return []
      const other = object.ends.find((end) => end.inode !== inode)?.inode ?? 0
      return [`${object.type} ${inode} ${other}`]
    })
  })
  assert.ok(theirs.length >= 10, lines.join('\n'))
  assert.deepEqual(found.sort(), theirs.sort())
})

test('ss -tu and the inspector know the same TCP and UDP sockets', { skip: missing('ss') }, async () => {
  await some()
  const ours = own()
  const lines = execFileSync('ss', ['-tuaenH'], { encoding: 'utf8' }).split('\n').slice(0, -1)
  const theirs = lines.flatMap((line) => {
    const [kind = '', , , , local = '', remote = ''] = line.trim().split(/\s+/)
    const inode = Number(/ ino:(\d+)/.exec(line)?.[1])
    return ours.has(inode) ? [`${kind} ${inode} ${local} ${remote.endsWith(':*') ? '-' : remote}`] : []
  })
  const found = (await sockets()).flatMap((object) => {
    if (object.kind === 'unix') return []
    return object.ends.flatMap(({ inode, name }) => {
      const remote = object.ends.find((end) => end.inode !== inode)?.name ?? object.remote ?? '-'
      return ours.has(inode) ? [`${object.kind} ${inode} ${name} ${remote}`] : []
    })
  })
  assert.equal(theirs.length, 4, lines.join('\n'))
  assert.deepEqual(found.sort(), theirs.sort())
})

test('lsof -U and the inspector say the same of who has which Unix socket', {
  skip: missing('lsof'),
}, async () => {
  await some()
  const ours = own()
  const text = execFileSync('lsof', ['-aUp', `${process.pid}`, '-Ffi'], { encoding: 'utf8' })
  const theirs = [...text.matchAll(/^f(\d+)\ni(\d+)$/gm)].flatMap(([, fd, inode]) =>
    ours.has(Number(inode)) ? [`${fd} ${inode}`] : [],
  )
  const { attachments } = await collect()
  const found = attachments.flatMap(({ pid, object, through }) =>
    pid === process.pid && object.startsWith('unix:') && through.by === 'descriptor'
      ? [`${through.fd} ${through.socket}`]
      : [],
  )
  assert.ok(theirs.length >= 10, text)
  assert.deepEqual(found.sort(), theirs.sort())
})

test('without sock_diag the same sockets are listed, without their peers', async () => {
  await some()
  const ours = own()
  const brief = (entries: ReturnType<typeof unixTable>): string[] =>
    entries
      .filter(({ inode }) => ours.has(inode))
      .map(({ inode, type, listening, name }) => `${inode} ${type} ${listening} ${name}`)
      .sort()
  assert.deepEqual(brief(unixTable()), brief(unixSockets() ?? assert.fail('sock_diag does not answer')))
})

test('the addresses of /proc/net/tcp and tcp6', () => {
  assert.equal(endpoint('0100007F:1F90'), '127.0.0.1:8080')
  assert.equal(endpoint('00000000000000000000000001000000:0050'), '[::1]:80')
  assert.equal(endpoint('0000000000000000FFFF00000100007F:0001'), '127.0.0.1:1')
  const line =
    '  1: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 4711 1 0 100'
  assert.deepEqual(internetEntry(line), {
    inode: 4711,
    local: '127.0.0.1:8080',
    remote: null,
    state: 'listening',
    received: 3,
  })
  assert.equal(internetEntry(line.replace('4711', '0')), undefined)
})
