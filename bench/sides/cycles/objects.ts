// What one cycle of each kind of object is: it is made, used once, and closed.
import type { Cycled } from '../../case.ts'
import { descriptors } from './descriptors.ts'
import { ipc } from './ipc.ts'

export function cyclesIn(directory: string): Readonly<Record<Cycled, () => void>> {
  return { ...descriptors(directory), ...ipc() }
}
