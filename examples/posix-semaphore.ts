// Three processes share two units: at most two of them work at a time, the third waits for a post.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Mapping, PosixSemaphore } from 'hutong'

const NAME = `/hutong-example-${process.pid}`

const [, , name] = process.argv
if (name !== undefined) {
  // One of the three: any program that knows the name, in any language.
  const units = PosixSemaphore.open(name)
  await units.wait({ timeout: 10_000 })
  console.log(`process ${process.pid} works; units left: ${units.value}`)
  await sleep(60)
  units.post()
  units.close()
} else {
  const units = PosixSemaphore.create(NAME, { value: 2 })
  try {
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, [fileURLToPath(import.meta.url), NAME], { stdio: 'inherit' }),
    )
    await Promise.all(children.map((child) => once(child, 'exit')))
    console.log(`all are done; units: ${units.value}, waiting: ${units.waiting}`)
  } finally {
    units.close()
    PosixSemaphore.unlink(NAME) // close leaves the name
  }

  // Without a name, anywhere in shared memory: here between two parts of one process.
  const memory = Mapping.anonymous(4096)
  const ready = PosixSemaphore.initialize(memory, 0)
  const waiting = ready.wait()
  console.log(`tryWait gives ${ready.tryWait()} while there is nothing`)
  ready.post()
  await waiting
  await ready.wait({ timeout: 5 }).catch((error) => console.log(`${error}`))
  ready.close()
  memory.close()
}
