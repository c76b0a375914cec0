// Unix sockets: bytes, packets one by one, packets by the batch, open descriptors; beside C, Node's own net and packages.
import {
  type Contest,
  type Contestant,
  contest,
  MEASURES,
  PLACEMENTS,
  type SocketMechanism,
} from '../case.ts'

const SMALL = 64
const LARGE = 65536
const BAR = 0.8

function against(mechanism: SocketMechanism, size: number, measures = MEASURES): Contest[] {
  return measures.flatMap((measure) =>
    PLACEMENTS.map((placement) => {
      const bar = measure === 'throughput' && size === SMALL && mechanism !== 'descriptor' ? BAR : undefined
      return contest(mechanism, { mechanism, size, measure, placement, outer: 'C', inner: 'hutong', bar })
    }),
  )
}

interface Rivals {
  readonly outer: Contestant
  readonly inner: Contestant
}

/** On the event loop: no bars. */
function loopContests(group: string, mechanism: SocketMechanism, rivals: Rivals, sizes = [SMALL]): Contest[] {
  return MEASURES.flatMap((measure) =>
    sizes.flatMap((size) =>
      (['one-core', 'two-cores'] as const).map((placement) =>
        contest(group, { mechanism, size, measure, placement, ...rivals, bar: undefined }),
      ),
    ),
  )
}

function rival(outer: Contestant, mechanism: SocketMechanism): Contest[] {
  return loopContests(`rival-${outer}`, mechanism, { outer, inner: 'hutong async' })
}

export const sockets: readonly Contest[] = [
  ...against('unix', SMALL),
  ...against('unix', LARGE, ['throughput']),
  ...against('seqpacket', SMALL),
  ...against('dgram', SMALL),
  ...against('seqpacket-batch', SMALL, ['throughput']),
  ...against('dgram-batch', SMALL, ['throughput']),
  ...against('descriptor', SMALL),
  ...loopContests('net-unix', 'unix', { outer: 'net.Socket', inner: 'hutong async' }, [SMALL, LARGE]),
  // What is there to be won: blocking C against net.Socket.
  ...loopContests('ceiling-unix', 'unix', { outer: 'net.Socket', inner: 'C' }, [SMALL, LARGE]),
  ...rival('node-unix-socket', 'seqpacket'),
  ...rival('unix-dgram', 'dgram-named'),
  ...rival('usocket', 'descriptor'),
]
