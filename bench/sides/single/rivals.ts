// The operations, by the npm packages, and by a plain DataView.
import { openSync } from 'node:fs'
import { load } from '../../rivals.ts'
import { MANY } from './hutong.ts'
import type { Operations } from './operations.ts'

interface FsExt {
  flockSync(fd: number, how: 'ex' | 'un'): void
}

interface OsLock {
  lock(fd: number, options: { readonly exclusive: boolean }): Promise<void>
  unlock(fd: number): Promise<void>
}

interface ProperLockfile {
  lock(path: string): Promise<() => Promise<void>>
}

interface ShmTypedArray {
  create(count: number, type: 'Buffer'): (Buffer & { readonly key: number }) | null
  destroy(key: number): boolean
}

const PAGE = 4096

const packages: Readonly<Record<string, (path: string) => Operations>> = {
  'fs-ext'(path) {
    const { flockSync } = load<FsExt>('fs-ext')
    const fd = openSync(path, 'a+')
    return {
      flock() {
        flockSync(fd, 'ex')
        flockSync(fd, 'un')
      },
    }
  },
  'os-lock'(path) {
    const { lock, unlock } = load<OsLock>('os-lock')
    const fd = openSync(path, 'a+')
    return {
      async 'record-lock-async'() {
        await lock(fd, { exclusive: true })
        await unlock(fd)
      },
    }
  },
  'proper-lockfile'(path) {
    const { lock } = load<ProperLockfile>('proper-lockfile')
    openSync(path, 'a+')
    return {
      async 'flock-async'() {
        const release = await lock(path)
        await release()
      },
    }
  },
  'shm-typed-array'() {
    const { create, destroy } = load<ShmTypedArray>('shm-typed-array')
    return {
      'sysv-shm'() {
        const buffer = create(PAGE, 'Buffer')
        if (buffer === null) throw new Error('no segment')
        buffer[0] = 1
        destroy(buffer.key)
      },
    }
  },
  DataView() {
    const view = new DataView(new ArrayBuffer(8))
    return {
      struct() {
        for (let i = 0; i < MANY; i++) view.setUint32(4, (view.getUint32(4, true) + 1) & 0xffff, true)
      },
    }
  },
}

export function rivals(contestant: string, path: string): Operations {
  const made = Object.hasOwn(packages, contestant) ? packages[contestant] : undefined
  if (made === undefined)
    throw new Error(`the contestant must be one of hutong, ${Object.keys(packages).join(', ')}`)
  return made(path)
}
