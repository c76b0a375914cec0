// The file through a FIFO, which both sides open by its path.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Fifo } from '../../../kernel/fifo.ts'
import { isInstalled, quoted } from '../look.ts'
import type { Mechanism, Scene, Seat } from '../mechanism.ts'
import type { KernelObject } from '../model.ts'
import { enlarge, StreamEnd } from '../parts/pipes.ts'

function prepare({ folder }: Scene) {
  const paths = { data: join(folder, 'there'), reply: join(folder, 'back') }
  const objects = (['data', 'reply'] as const).map((use): KernelObject => {
    const { path } = Fifo.create(paths[use])
    return { use, name: path, inode: statSync(path).ino }
  })
  return {
    objects,
    descriptors: { sender: [], receiver: [] },
    settings: paths,
    leftovers: [],
    look: () => [
      `hutong show ${quoted(paths.data)}`,
      `ls -l ${quoted(folder)}`,
      ...(isInstalled('lsof') ? [`lsof ${quoted(paths.data)}`] : []),
    ],
    handedOver() {},
    close() {}, // the private directory goes as a whole
  }
}

/** Opening waits for the other side; both open the way there first, so that neither waits for ever. */
function open({ role, settings }: Seat): StreamEnd {
  const there = Fifo.open(String(settings['data']))
  const back = Fifo.open(String(settings['reply']))
  if (role === 'receiver') return new StreamEnd(there.openReaderSync(), back.openWriterSync())
  const writer = there.openWriterSync()
  enlarge(writer)
  return new StreamEnd(back.openReaderSync(), writer)
}

export const mechanism: Mechanism = {
  name: 'fifo',
  how: 'the same through a FIFO, opened by its path',
  prepare,
  join: open,
}
