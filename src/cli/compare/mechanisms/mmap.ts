// The file itself, mapped by both sides: the sender only says which part, the receiver writes it straight out of its mapping.
import { fstatSync, readlinkSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { Mapping } from '../../../kernel/mapping.ts'
import { Fd } from '../../../sys/fd.ts'
import { lookAtMappings, quoted } from '../look.ts'
import type { End, Mechanism, Scene, Seat, Stage } from '../mechanism.ts'
import { closing, EventFds, eventBells } from '../parts/event-bells.ts'
import { type Bells, HEADER_BYTES, MessageEnd, NOTES } from '../parts/messages.ts'
import { pieces, writePiece } from '../side/pieces.ts'
import type { Tally } from '../side/tally.ts'

/** How many parts may be under way: as many notes of two numbers, where it starts and how long it is. */
const NOTED = 16
/** A file is mapped so many bytes at a time: one buffer of any Node can hold them. */
const WINDOW = 1_073_741_824
/** What mapping a window and closing it calls; closing maps zero pages over it. A test compares this with strace(1). */
const WINDOW_CALLS = ['statx', 'fstatfs', 'mmap', 'mmap']

class MapEnd extends MessageEnd implements End {
  readonly #notes: Float64Array
  readonly #source: Fd
  readonly #tally: Tally

  constructor(memory: Mapping, bells: Bells, { role, descriptors: [source = -1], tally }: Seat) {
    super(memory, bells, role === 'sender')
    this.#notes = memory.view(Float64Array, NOTES, NOTED * 2)
    this.#source = Fd.adopt(source, 'the file to move')
    this.#tally = tally
  }

  send(_file: number, size: number, gate: (done: number) => void): void {
    let free = NOTED
    let index = 0
    this.#throughWindows(size, gate, (_bytes, start, length) => {
      if (free === 0) this.bells.mine.wait()
      else free--
      this.#notes.set([start, length], (index++ % NOTED) * 2)
      this.#tally.passed(length)
      this.bells.theirs.ring()
    })
    for (; free < NOTED; free++) this.bells.mine.wait()
  }

  receive(file: number, size: number): void {
    let index = 0
    this.#throughWindows(
      size,
      () => {},
      (bytes, start, length) => {
        this.bells.mine.wait()
        const [from, count] = this.#notes.subarray((index++ % NOTED) * 2)
        if (from !== start || count !== length) throw new Error(`part ${start} was expected, not ${from}`)
        writePiece(file, bytes)
        this.bells.theirs.ring()
      },
    )
  }

  #throughWindows(
    size: number,
    gate: (done: number) => void,
    action: (bytes: Uint8Array, start: number, length: number) => void,
  ): void {
    for (let offset = 0; offset < size; offset += WINDOW) {
      const length = Math.min(WINDOW, size - offset)
      const window = Mapping.of(this.#source, { offset, length, readOnly: true })
      for (const piece of pieces(length, (done) => gate(offset + done))) {
        const bytes = window.bytes.subarray(piece.start, piece.start + piece.length)
        action(bytes, offset + piece.start, piece.length)
      }
      window.close()
      for (const call of WINDOW_CALLS) this.#tally.call(call)
    }
  }
}

function prepare({ folder, source }: Scene): Stage {
  const path = joinPath(folder, 'notes')
  const notes = Mapping.create(path, { length: HEADER_BYTES })
  const eventFds = new EventFds()
  const name = readlinkSync(`/proc/self/fd/${source.fd}`)
  const inode = fstatSync(source.fd).ino
  const descriptors = [source.fd, ...eventFds.descriptors]
  return {
    objects: [
      { use: 'data', name, inode },
      { use: 'reply', name: path, inode: statSync(path).ino },
      ...eventFds.objects,
    ],
    descriptors: { sender: descriptors, receiver: descriptors },
    settings: { path },
    leftovers: [],
    look: (pids) => [`hutong show ${quoted(`mmap:${path}`)}`, lookAtMappings(pids, String(inode))],
    ...closing(notes, eventFds),
  }
}

export const mechanism: Mechanism = {
  name: 'mmap',
  how: 'both map the file itself; only offsets are told, eventfd to wake',
  prepare,
  join(seat) {
    const bells = eventBells(seat.role, seat.descriptors.slice(1))
    return new MapEnd(Mapping.open(String(seat.settings['path'])), bells, seat)
  },
}
