// A family of mechanisms in the inspector: it is shown everything that processes hold, and takes what is its own.
import type { Attachment, IpcObject, ObjectKind, Process } from '../model.ts'
import type { Peek } from '../peek.ts'
import type { FoundDescriptor } from '../proc/descriptor.ts'
import type { FoundRegion } from '../proc/region.ts'

/** What a family made of one look. */
export interface Findings {
  readonly objects: readonly IpcObject[]
  readonly attachments: readonly Attachment[]
  /** The kind of which only those could be found that a process holds. */
  readonly unlisted?: ObjectKind
}

/** What a family may ask at the end of a look. */
export interface Surroundings {
  readonly peek: Peek
  /** Whether some processes could not be looked into. */
  readonly hidden: boolean
  /** All that were seen, by pid. */
  readonly processes: ReadonlyMap<number, Process>
}

/** One look of one family; made anew for each. */
export interface Family {
  /** Whether the descriptor is one of its objects, which is then noted. */
  descriptor?(found: FoundDescriptor): boolean
  region?(found: FoundRegion): boolean
  finish(surroundings: Surroundings): Findings | Promise<Findings>
}
