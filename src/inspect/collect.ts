// One look at the host: walks /proc once and lets each family take what is its own.
import { hostname, release } from 'node:os'
import { EventFdFamily } from './family/event-fd.ts'
import type { Family, Findings, Surroundings } from './family/family.ts'
import { LockFamily } from './family/lock.ts'
import { MemoryFamily } from './family/memory.ts'
import { PipeFamily } from './family/pipe.ts'
import { PosixQueueFamily } from './family/posix-queue.ts'
import { PosixSemaphoreFamily } from './family/posix-semaphore.ts'
import { SocketFamily } from './family/socket.ts'
import { SysvFamily } from './family/sysv.ts'
import type { Host, Process } from './model.ts'
import { Pauses } from './pause.ts'
import { Peek } from './peek.ts'
import { listDescriptors } from './proc/descriptor.ts'
import { type FoundProcess, listProcesses, readProcess } from './proc/process.ts'
import { listRegions } from './proc/region.ts'

export interface CollectOptions {
  /** Ask pipes how full they are, memfds for their seals (pidfd_getfd(2)); true by default. */
  readonly peek?: boolean
  /** Also processes that hold nothing; false by default. */
  readonly allProcesses?: boolean
}

/**
 * Looks at everything that this host's processes share, as far as this process may see it: pipes, FIFOs, POSIX shared
 * memory, memfds, shared mappings, eventfds, System V and POSIX queues, semaphores and segments, locks on files, sockets
 * (of this network namespace). What it may not see is counted in `unseen`. Nothing is opened or changed.
 */
export async function collect(options: CollectOptions = {}): Promise<Host> {
  const at = new Date().toISOString()
  const families: readonly Family[] = [
    new LockFamily(), // first, because it takes nothing away from the others
    new PipeFamily(),
    new PosixSemaphoreFamily(), // before memory, because it is some
    new MemoryFamily(),
    new EventFdFamily(),
    new SysvFamily(),
    new PosixQueueFamily(),
    new SocketFamily(),
  ]
  const { processes, hidden } = await walk(families)
  using peek = new Peek(options.peek ?? true)
  const surroundings: Surroundings = {
    peek,
    hidden: hidden.length > 0,
    processes: new Map(processes.map((process) => [process.pid, process])),
  }
  const findings: Findings[] = []
  for (const family of families) findings.push(await family.finish(surroundings))
  const attachments = findings.flatMap((finding) => finding.attachments)
  const attached = new Set(attachments.map(({ pid }) => pid))
  return {
    name: hostname(),
    kernel: release(),
    at,
    processes: processes.filter(({ pid }) => options.allProcesses === true || attached.has(pid)),
    objects: findings.flatMap((finding) => finding.objects),
    attachments,
    unseen: {
      processes: hidden,
      objects: peek.refused,
      unlisted: findings.flatMap(({ unlisted }) => (unlisted === undefined ? [] : [unlisted])),
    },
  }
}

interface Walked {
  readonly processes: readonly Process[]
  /** Those that could not be looked into. */
  readonly hidden: readonly number[]
}

async function walk(families: readonly Family[]): Promise<Walked> {
  const processes: Process[] = []
  const hidden: number[] = []
  const pauses = new Pauses()
  for (const pid of listProcesses()) {
    await pauses.next()
    const found = readProcess(pid)
    if (found === undefined || found.kernelThread) continue
    if (!look(found, families)) hidden.push(pid)
    const { kernelThread: _, ...process } = found
    processes.push(process)
  }
  return { processes, hidden }
}

/** Shows the families what the process holds; false if that may not be seen. */
function look({ pid, state }: FoundProcess, families: readonly Family[]): boolean {
  if (state === 'Z' || state === 'X') return true // has let go of everything
  const descriptors = listDescriptors(pid)
  const regions = listRegions(pid)
  for (const found of descriptors ?? []) families.some((family) => family.descriptor?.(found))
  for (const found of regions ?? []) families.some((family) => family.region?.(found))
  return descriptors !== undefined && regions !== undefined
}
