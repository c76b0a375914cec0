// A process by its pidfd: how it ends, whoever's child it is; a signal that can reach nobody else; one of its descriptors.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { PidFd, Pipe } from 'hutong'

// A grandchild: the shell is its parent, and prints its number.
const shell = spawn('sh', ['-c', '(read go <&3; exit 7) & echo $!; wait'], {
  stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
})
const [line] = (await once(shell.stdio[1] as Readable, 'data')) as [Buffer]
const grandchild = PidFd.open(Number(line))
console.log(`process ${grandchild.pid}, no child of ours, runs: ${grandchild.tryExited() === undefined}`)
const exited = grandchild.exited({ timeout: 10_000 })
;(shell.stdio[3] as Writable).end('go\n')
const { code = 'what this kernel does not tell' } = await exited
console.log(`it exited with ${code}`)
grandchild.close()

const pipe = Pipe.create()
const child = spawn('sleep', ['30'], { stdio: ['ignore', 'ignore', 'ignore', pipe.reader.inherit()] })
const ended = once(child, 'exit')
const pidfd = PidFd.open(child.pid ?? 0)
await pipe.writer.write('still in the pipe')
pipe.reader.close()
const theirs = pidfd.getFd(3) // the same open file description: what nobody has read yet is read here
const bytes = Buffer.alloc(64)
console.log(
  `from descriptor 3 of process ${pidfd.pid}: ${bytes.toString('utf8', 0, readSync(theirs.number, bytes))}`,
)
theirs.close()
pidfd.send('SIGTERM')
await pidfd.exited({ timeout: 10_000 })
await ended
try {
  pidfd.send('SIGTERM') // its number may be somebody else's by now: this reaches nobody
} catch (error) {
  console.log((error as Error).message)
}
pidfd.close()
pipe.close()
