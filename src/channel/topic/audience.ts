// The subscribers of a topic, as their publisher sees them. Their cursors are theirs to write: what stands there is loaded
// once and checked, and who writes nonsense is refused, whatever the others do.
import { constants } from '../../sys/constants.ts'
import { epoll_create1, epoll_ctl } from '../../sys/epoll.ts'
import { must } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import { Lifeline } from '../shm/lifeline.ts'
import { CURSOR, CURSOR_SIZE } from '../shm/log-layout.ts'
import type { LogOwner } from '../shm/log-room.ts'
import { ring } from '../shm/wake.ts'
import type { Member } from './welcome.ts'

interface Seat extends Member {
  readonly words: Int32Array
  readonly lifeline: Lifeline
}

export class Audience implements LogOwner {
  readonly #seats: Seat[] = []
  readonly #left: () => void
  #watched: Fd | undefined
  #refused = 0

  /** `left` is called when somebody is gone. */
  constructor(left: () => void) {
    this.#left = left
  }

  /** How many there are. */
  get size(): number {
    return this.#seats.length
  }

  /** How many were refused for what they wrote. */
  get refused(): number {
    return this.#refused
  }

  admit(member: Member): void {
    const gone = (): void => {
      if (this.#remove(seat)) this.#left()
    }
    const words = member.cursor.view(Int32Array, 0, CURSOR_SIZE / 4)
    // A subscriber says nothing: bytes are as good as its end.
    const lifeline = new Lifeline(member.socket, { lost: gone, spoke: gone })
    const seat: Seat = { ...member, words, lifeline }
    this.#seats.push(seat)
    if (this.#watched !== undefined) this.#watch(this.#watched, seat)
  }

  slowest(published: number): number {
    let slowest = Number.POSITIVE_INFINITY
    for (let i = this.#seats.length - 1; i >= 0; i--) {
      const seat = this.#seats[i] as Seat
      const advanced = (Atomics.load(seat.words, CURSOR.position) - seat.position) | 0
      if (advanced < 0 || seat.position + advanced > published) {
        this.#refuse(seat)
        continue
      }
      seat.position += advanced
      if (seat.position < slowest) slowest = seat.position
    }
    return slowest
  }

  wake(): number {
    let woken = 0
    for (let i = 0; i < this.#seats.length; i++) {
      const { words, bell } = this.#seats[i] as Seat
      if (Atomics.load(words, CURSOR.sleeps) === 0) continue
      if (Atomics.exchange(words, CURSOR.sleeps, 0) === 0) continue
      ring(bell)
      woken++
    }
    return woken
  }

  /** A descriptor that is readable when `look` may find that somebody is gone. */
  get watched(): number {
    if (this.#watched === undefined) {
      const made = must(epoll_create1(constants.EPOLL_CLOEXEC), 'epoll_create1')
      this.#watched = new Fd(made, 'subscribers, watched')
      for (const seat of this.#seats) this.#watch(this.#watched, seat)
    }
    return this.#watched.number
  }

  /** Lets go of those that are gone, without the event loop. */
  look(): void {
    for (const { lifeline } of [...this.#seats]) lifeline.look()
  }

  close(): void {
    for (const seat of [...this.#seats]) this.#remove(seat)
    this.#watched?.close()
  }

  #watch(epoll: Fd, { lifeline }: Seat): void {
    must(epoll_ctl(epoll.number, constants.EPOLL_CTL_ADD, lifeline.fd, constants.EPOLLIN), 'epoll_ctl')
  }

  #refuse(seat: Seat): void {
    this.#refused++
    Atomics.store(seat.words, CURSOR.refused, 1)
    this.#remove(seat)
  }

  #remove(seat: Seat): boolean {
    const index = this.#seats.indexOf(seat)
    if (index < 0) return false
    this.#seats.splice(index, 1)
    seat.lifeline.close()
    seat.bell.close()
    seat.cursor.close()
    return true
  }
}
