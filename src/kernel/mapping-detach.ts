// Buffers of closed mappings that could not be detached at once, because requests (zlib, fs, sockets) were in flight on
// the event loop and might still hold a view: Node's zlib, for one, ends the process when its input is detached between
// two chunks. Until they are detached these buffers show zeros.
import { detachIdle } from '../sys/memory.ts'

const SHORTEST = 1
const LONGEST = 1000

let waiting: WeakRef<ArrayBuffer>[] = []
let delay = SHORTEST
let timer: NodeJS.Timeout | undefined

/** Detaches `buffer` as soon as no request is in flight on this event loop, which it does not keep running. */
export function detachLater(buffer: ArrayBuffer): void {
  waiting.push(new WeakRef(buffer))
  delay = SHORTEST
  schedule()
}

function schedule(): void {
  clearTimeout(timer)
  timer = waiting.length === 0 ? undefined : setTimeout(detachAll, delay).unref()
}

function detachAll(): void {
  waiting = waiting.filter((reference) => {
    const buffer = reference.deref()
    return buffer !== undefined && detachIdle(buffer) === 1
  })
  delay = Math.min(delay * 2, LONGEST)
  schedule()
}
