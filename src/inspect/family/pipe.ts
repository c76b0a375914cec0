// Pipes and FIFOs: pipe(7), fifo(7).
import { statSync } from 'node:fs'
import { constants } from '../../sys/constants.ts'
import { fcntl, fionread } from '../../sys/file.ts'
import { textOf } from '../address.ts'
import type { Attachment, IpcObject } from '../model.ts'
import type { Peek } from '../peek.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import { deviceText } from '../proc/region.ts'
import type { Family, Findings, Surroundings } from './family.ts'
import { attachmentsOf, type Holding, Holdings, permissionsOf } from './holdings.ts'

export class PipeFamily implements Family {
  readonly #pipes = new Holdings()
  readonly #fifos = new Holdings()

  descriptor(found: FoundDescriptor): boolean {
    if (found.link.startsWith('pipe:[')) {
      this.#pipes.of(found.link).descriptors.push(found)
      return true
    }
    const stat = found.link.startsWith('/') ? found.stat() : undefined
    if (stat?.isFIFO() !== true) return false
    this.#fifos.of(`fifo:[${deviceText(stat.dev)}:${stat.ino}]`).descriptors.push(found)
    return true
  }

  finish({ peek }: Surroundings): Findings {
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    const take = (holding: Holding, make: (holding: Holding, peek: Peek) => IpcObject): void => {
      const held = attachmentsOf(holding)
      if (held.length === 0) return
      objects.push(make(holding, peek))
      attachments.push(...held)
    }
    for (const holding of this.#pipes) take(holding, pipe)
    for (const holding of this.#fifos) take(holding, fifo)
    return { objects, attachments }
  }
}

function pipe(holding: Holding, peek: Peek): IpcObject {
  const { id } = holding
  return { kind: 'pipe', id, name: id, address: null, ...permissionsOf(holding), ...contents(holding, peek) }
}

function fifo(holding: Holding, peek: Peek): IpcObject {
  const links = holding.descriptors.map(({ link }) => link)
  const stat = holding.descriptors.map((found) => found.stat()).find((found) => found !== undefined)
  const deleted = stat?.nlink === 0n
  const link = links[0] ?? ''
  const path = deleted ? link.replace(/ \(deleted\)$/, '') : link
  const sameToUs = !deleted && stat !== undefined && isAt(path, stat)
  return {
    kind: 'fifo',
    id: holding.id,
    name: path,
    address: sameToUs ? textOf({ kind: 'fifo', path, options: {} }) : null,
    path,
    deleted,
    ...permissionsOf(holding),
    ...contents(holding, peek),
  }
}

/** Whether the path leads us to that inode, too: its user may live in another root or mount namespace. */
function isAt(path: string, wanted: { readonly dev: bigint; readonly ino: bigint }): boolean {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found?.ino === wanted.ino && found.dev === wanted.dev
}

interface Contents {
  readonly capacity: number | null
  readonly queued: number | null
}

function contents({ descriptors }: Holding, peek: Peek): Contents {
  const answer = peek.ask(descriptors, (fd) => {
    const capacity = fcntl(fd, constants.F_GETPIPE_SZ, 0)
    const queued = fionread(fd)
    return capacity < 0 || queued < 0 ? undefined : { capacity, queued }
  })
  return answer ?? { capacity: null, queued: null }
}
