// include/hutong/channel-layout.h, made from the constants that the TypeScript side uses.
import {
  COUNTER,
  HEADER,
  KIND,
  LINE,
  MAGIC,
  PAGE,
  RECORD_HEADER,
  RING,
  TAG,
  TAG_BITS,
  UNIT,
  VERSION,
} from '#src/channel/shm/layout.ts'
import {
  BLOCKS,
  CURSOR,
  CURSOR_COUNTER,
  LOG,
  LOG_COUNTER,
  LOG_POLICY,
  LOG_RECORD_HEADER,
  LOG_UNIT,
  OLDEST,
  POLICY,
} from '#src/channel/shm/log-layout.ts'

const screaming = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

function constants(prefix: string, values: Readonly<Record<string, number>>, scale = 1): string {
  return Object.entries(values)
    .map(([name, value]) => `#define HUTONG_${prefix}_${screaming(name)} ${value * scale}u\n`)
    .join('')
}

/** The whole file. */
export function channelHeader(): string {
  return `/* The bytes of hutong's channels in shared memory: docs/protocol.md explains them. Made from src/channel/shm/layout.ts;
 * test/channel/shm/header.test.ts compares the two. Offsets are in bytes; all words are little-endian. */
#ifndef HUTONG_CHANNEL_LAYOUT_H
#define HUTONG_CHANNEL_LAYOUT_H

#define HUTONG_CHANNEL_MAGIC_0 0x${(MAGIC[0] >>> 0).toString(16)}u
#define HUTONG_CHANNEL_MAGIC_1 0x${(MAGIC[1] >>> 0).toString(16)}u
#define HUTONG_CHANNEL_VERSION ${VERSION}u
#define HUTONG_CHANNEL_PAGE ${PAGE}u
#define HUTONG_CHANNEL_LINE ${LINE}u

/* Positions (head, tail) count units of so many bytes and wrap at 2^32. */
#define HUTONG_CHANNEL_UNIT ${UNIT}u

/* 32-bit words of the memory's header, and of the welcome. */
${constants('HEADER', HEADER, 4)}
/* What the memory is. */
${constants('KIND', KIND)}
/* 32-bit words of a ring's control page. */
${constants('RING', RING, 4)}
/* Counters of a ring: doubles on its control page. */
${constants('COUNTER', COUNTER, 8)}
/* A record: its payload's length, a tag, the payload, padding to a unit. The tag's low ${TAG_BITS} bits are: */
#define HUTONG_RECORD_HEADER ${RECORD_HEADER}u
#define HUTONG_TAG_BITS ${TAG_BITS}u
${constants('TAG', TAG)}
/* The log of a topic. Positions count units of so many bytes; the data is so many blocks. */
#define HUTONG_LOG_UNIT ${LOG_UNIT}u
#define HUTONG_LOG_BLOCKS ${BLOCKS}u
#define HUTONG_LOG_RECORD_HEADER ${LOG_RECORD_HEADER}u

/* A 32-bit word of the log's header: what happens when there is no room. */
#define HUTONG_HEADER_POLICY ${LOG_POLICY * 4}u
${constants('POLICY', POLICY)}
/* 32-bit words of the log's control page. */
${constants('LOG', LOG, 4)}
/* On it, for each block, two doubles: position and sequence number of the oldest record. */
#define HUTONG_LOG_OLDEST ${OLDEST * 8}u

/* Counters of the log: doubles on its control page. */
${constants('LOG_COUNTER', LOG_COUNTER, 8)}
/* 32-bit words of a cursor. */
${constants('CURSOR', CURSOR, 4)}
/* Counters of a cursor: doubles. */
${constants('CURSOR_COUNTER', CURSOR_COUNTER, 8)}
#endif
`
}
