// eventfd(2). The counter and the object's identity stand in fdinfo; all of them share one inode's owner and mode.
import type { Attachment, EventFdObject, IpcObject } from '../model.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import type { Family, Findings } from './family.ts'
import { attachmentsOf, Holdings } from './holdings.ts'

export class EventFdFamily implements Family {
  readonly #found: FoundDescriptor[] = []

  descriptor(found: FoundDescriptor): boolean {
    if (found.link !== 'anon_inode:[eventfd]') return false
    this.#found.push(found)
    return true
  }

  finish(): Findings {
    const holdings = new Holdings()
    const fields = new Map<string, ReadonlyMap<string, string>>()
    for (const found of this.#found) {
      const info = found.info()
      const identity = info?.fields.get('eventfd-id')
      if (info === undefined || identity === undefined) continue
      const id = `eventfd:[${identity}]`
      holdings.of(id).descriptors.push(found)
      fields.set(id, info.fields)
    }
    const objects: IpcObject[] = []
    const attachments: Attachment[] = []
    for (const holding of holdings) {
      const held = attachmentsOf(holding)
      if (held.length === 0) continue
      objects.push(eventFd(holding.id, fields.get(holding.id) ?? new Map()))
      attachments.push(...held)
    }
    return { objects, attachments }
  }
}

function eventFd(id: string, fields: ReadonlyMap<string, string>): EventFdObject {
  const semaphore = fields.get('eventfd-semaphore')
  return {
    kind: 'eventfd',
    id,
    name: id,
    address: null,
    owner: null,
    mode: null,
    count: BigInt(`0x${fields.get('eventfd-count') ?? '0'}`).toString(),
    semaphore: semaphore === undefined ? null : semaphore === '1',
  }
}
