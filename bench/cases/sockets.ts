// Unix sockets: bytes, packets one by one, packets by the batch; and beside Node's own net.
import { type Contest, contest, MEASURES, PLACEMENTS, type SocketMechanism } from '../case.ts'

const SMALL = 64
const LARGE = 65536
const BAR = 0.8

function against(mechanism: SocketMechanism, size: number, measures = MEASURES): Contest[] {
  return measures.flatMap((measure) =>
    PLACEMENTS.map((placement) => {
      const bar = measure === 'throughput' && size === SMALL ? BAR : undefined
      return contest(mechanism, { mechanism, size, measure, placement, outer: 'C', inner: 'hutong', bar })
    }),
  )
}

export const sockets: readonly Contest[] = [
  ...against('unix', SMALL),
  ...against('unix', LARGE, ['throughput']),
  ...against('seqpacket', SMALL),
  ...against('dgram', SMALL),
  ...against('seqpacket-batch', SMALL, ['throughput']),
  ...against('dgram-batch', SMALL, ['throughput']),
]
