// Every mechanism that carries a pair, one suite for all.
import { Pipe, UnixSocket } from 'hutong'
import { type Channel, type Codec, channelOver, connect, listen } from 'hutong/channel'
import { uniquePath } from '../support/leaks.ts'
import type { Lane } from './lane.ts'
import { pairConforms } from './pair.ts'

const lanes: readonly Lane[] = [
  { name: 'unix', open: async (codec) => meeting(`unix:${await uniquePath()}`, codec) },
  { name: 'tcp', steady: false, open: (codec) => meeting('tcp:127.0.0.1:0', codec) },
  {
    name: 'socketpair',
    async open(codec) {
      const [one, other] = UnixSocket.pair()
      return [channelOver(one, { codec }), channelOver(other, { codec })]
    },
  },
  {
    name: 'pipes',
    async open(codec) {
      const there = Pipe.create()
      const back = Pipe.create()
      return [
        channelOver({ reader: back.reader, writer: there.writer }, { codec }),
        channelOver({ reader: there.reader, writer: back.writer }, { codec }),
      ]
    },
  },
  { name: 'fifo', open: async (codec) => meeting(`fifo:${await uniquePath()}`, codec) },
  { name: 'shm', open: async (codec) => meeting(`shm:${await uniquePath()}`, codec) },
]

async function meeting<T>(address: string, codec: Codec<T>): Promise<readonly [Channel<T>, Channel<T>]> {
  using listener = await listen(address, { codec })
  return await Promise.all([connect(listener.address, { codec }), listener.accept()])
}

for (const lane of lanes) pairConforms(lane)
