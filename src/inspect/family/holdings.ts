// Objects under collection: who holds each, until the look is over.
import type { Attachment, Owner } from '../model.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import type { FoundRegion } from '../proc/region.ts'

/** An object and everything that was found to hold it. */
export interface Holding {
  readonly id: string
  readonly descriptors: FoundDescriptor[]
  readonly regions: FoundRegion[]
}

export class Holdings {
  readonly #all = new Map<string, Holding>()

  of(id: string): Holding {
    const known = this.#all.get(id)
    if (known !== undefined) return known
    const holding: Holding = { id, descriptors: [], regions: [] }
    this.#all.set(id, holding)
    return holding
  }

  delete(id: string): void {
    this.#all.delete(id)
  }

  [Symbol.iterator](): IterableIterator<Holding> {
    return this.#all.values()
  }
}

/** A holding's attachments. A descriptor that is closed by now, or only names the object (O_PATH), is none. */
export function attachmentsOf({ id, descriptors, regions }: Holding): Attachment[] {
  const open = descriptors.flatMap((found): Attachment[] => {
    const info = found.info()
    if (info === undefined || info.pathOnly) return []
    const through = { by: 'descriptor', fd: found.fd, blocking: info.blocking } as const
    return [{ object: id, pid: found.pid, role: info.role, through }]
  })
  const mapped = regions.map((found): Attachment => {
    const length = Number.parseInt(found.to, 16) - Number.parseInt(found.from, 16)
    const { from: address, offset, shared } = found
    return {
      object: id,
      pid: found.pid,
      role: found.role,
      through: { by: 'mapping', address, length, offset, shared },
    }
  })
  return [...open, ...mapped]
}

export interface Permissions {
  readonly owner: Owner | null
  readonly mode: number | null
}

/** Owner and permission bits, from the first holder that still has it. */
export function permissionsOf({ descriptors }: Holding): Permissions {
  for (const found of descriptors) {
    const stat = found.stat()
    if (stat !== undefined) return permissions(stat)
  }
  return { owner: null, mode: null }
}

export function permissions(stat: {
  readonly uid: bigint
  readonly gid: bigint
  readonly mode: bigint
}): Permissions {
  return { owner: { uid: Number(stat.uid), gid: Number(stat.gid) }, mode: Number(stat.mode & 0o7777n) }
}
