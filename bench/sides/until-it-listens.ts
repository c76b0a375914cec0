// Two sides of a trial are started at once: the one that connects tries until the other listens.
import { setTimeout } from 'node:timers/promises'

const PATIENCE = 20_000

export async function untilItListens<T>(connect: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      return await connect()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOENT' && code !== 'ECONNREFUSED') || performance.now() > end) throw error
      await setTimeout(2)
    }
  }
}
