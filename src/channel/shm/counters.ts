// What is counted of a pair: messages and bytes by each end itself, waits and wakes in the memory, where others can look.
import type { TransportCounters } from '../transport.ts'
import { COUNTER } from './layout.ts'
import type { RingMemory } from './memory.ts'
import type { RingReader } from './ring-reader.ts'
import type { RingWriter } from './ring-writer.ts'

/** Both directions as one end sees them. */
export interface Ends {
  readonly writer: RingWriter
  readonly outgoing: RingMemory
  readonly reader: RingReader
  readonly incoming: RingMemory
}

export function countersOf({ writer, outgoing, reader, incoming }: Ends): TransportCounters {
  return {
    sent: {
      messages: writer.messages,
      bytes: writer.bytes,
      waits: outgoing.counters[COUNTER.fullWaits] ?? 0,
      wakes: outgoing.counters[COUNTER.consumerWakes] ?? 0,
    },
    received: {
      messages: reader.messages,
      bytes: reader.bytes,
      waits: incoming.counters[COUNTER.emptyWaits] ?? 0,
      wakes: incoming.counters[COUNTER.producerWakes] ?? 0,
    },
  }
}
