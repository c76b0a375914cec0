// A parent hands out work through an eventfd that is a semaphore; two children take one unit at a time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EventFd } from 'hutong'

const JOBS = 6

if (process.argv[2] === 'child') {
  const [jobs, done] = [EventFd.from(3), EventFd.from(4)]
  for (let taken = 0; ; taken++) {
    try {
      await jobs.wait({ timeout: 500 }) // takes 1; waits on the event loop, blocks nothing
    } catch (error) {
      console.log(`child ${process.pid}: took ${taken}, then ${(error as Error).name}`)
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 5)) // work
    await done.post()
  }
  jobs.close()
  done.close()
} else {
  const jobs = EventFd.create({ semaphore: true })
  const done = EventFd.create()
  const children = [1, 2].map(() =>
    spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], {
      stdio: ['ignore', 'inherit', 'inherit', jobs.inherit(), done.inherit()],
    }),
  )
  const ended = children.map((child) => once(child, 'exit'))
  await jobs.post(JOBS)
  let finished = 0n
  while (finished < JOBS) {
    const more = await done.wait() // not a semaphore: takes all that has been posted meanwhile
    finished += more
    console.log(`parent: ${more} more, ${finished} of ${JOBS} done`)
  }
  await Promise.all(ended)
  jobs.close()
  done.close()
}
