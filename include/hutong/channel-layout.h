/* The bytes of hutong's channels in shared memory: docs/protocol.md explains them. Made from src/channel/shm/layout.ts;
 * test/channel/shm/header.test.ts compares the two. Offsets are in bytes; all words are little-endian. */
#ifndef HUTONG_CHANNEL_LAYOUT_H
#define HUTONG_CHANNEL_LAYOUT_H

#define HUTONG_CHANNEL_MAGIC_0 0x4f545548u
#define HUTONG_CHANNEL_MAGIC_1 0x474eu
#define HUTONG_CHANNEL_VERSION 1u
#define HUTONG_CHANNEL_PAGE 4096u
#define HUTONG_CHANNEL_LINE 128u

/* Positions (head, tail) count units of so many bytes and wrap at 2^32. */
#define HUTONG_CHANNEL_UNIT 8u

/* 32-bit words of the memory's header, and of the welcome. */
#define HUTONG_HEADER_MAGIC 0u
#define HUTONG_HEADER_MAGIC_END 4u
#define HUTONG_HEADER_VERSION 8u
#define HUTONG_HEADER_KIND 12u
#define HUTONG_HEADER_CAPACITY 16u
#define HUTONG_HEADER_CREATOR 20u

/* What the memory is. */
#define HUTONG_KIND_PAIR 1u
#define HUTONG_KIND_LOG 2u
#define HUTONG_KIND_CURSOR 3u

/* 32-bit words of a ring's control page. */
#define HUTONG_RING_HEAD 0u
#define HUTONG_RING_ENDED 4u
#define HUTONG_RING_TAIL 128u
#define HUTONG_RING_CLOSED 132u
#define HUTONG_RING_CONSUMER_SLEEPS 256u
#define HUTONG_RING_PRODUCER_SLEEPS 384u

/* Counters of a ring: doubles on its control page. */
#define HUTONG_COUNTER_SENT_MESSAGES 512u
#define HUTONG_COUNTER_SENT_BYTES 520u
#define HUTONG_COUNTER_FULL_WAITS 528u
#define HUTONG_COUNTER_CONSUMER_WAKES 536u
#define HUTONG_COUNTER_RECEIVED_MESSAGES 640u
#define HUTONG_COUNTER_RECEIVED_BYTES 648u
#define HUTONG_COUNTER_EMPTY_WAITS 656u
#define HUTONG_COUNTER_PRODUCER_WAKES 664u

/* A record: its payload's length, a tag, the payload, padding to a unit. The tag's low 8 bits are: */
#define HUTONG_RECORD_HEADER 8u
#define HUTONG_TAG_BITS 8u
#define HUTONG_TAG_MESSAGE 1u
#define HUTONG_TAG_PADDING 2u
#define HUTONG_TAG_BATCH 3u
#define HUTONG_TAG_FIRST 4u
#define HUTONG_TAG_MIDDLE 5u
#define HUTONG_TAG_LAST 6u

/* The log of a topic. Positions count units of so many bytes; the data is so many blocks. */
#define HUTONG_LOG_UNIT 16u
#define HUTONG_LOG_BLOCKS 16u
#define HUTONG_LOG_RECORD_HEADER 16u

/* A 32-bit word of the log's header: what happens when there is no room. */
#define HUTONG_HEADER_POLICY 24u
#define HUTONG_POLICY_BLOCK 1u
#define HUTONG_POLICY_DROP 2u
#define HUTONG_POLICY_OVERWRITE 3u

/* 32-bit words of the log's control page. */
#define HUTONG_LOG_HEAD 0u
#define HUTONG_LOG_ENDED 4u
#define HUTONG_LOG_CLAIMED 128u
#define HUTONG_LOG_AWAITED 256u

/* On it, for each block, two doubles: position and sequence number of the oldest record. */
#define HUTONG_LOG_OLDEST 512u

/* Counters of the log: doubles on its control page. */
#define HUTONG_LOG_COUNTER_MESSAGES 768u
#define HUTONG_LOG_COUNTER_BYTES 776u
#define HUTONG_LOG_COUNTER_DROPPED 784u
#define HUTONG_LOG_COUNTER_WAITS 792u
#define HUTONG_LOG_COUNTER_WAKES 800u

/* 32-bit words of a cursor. */
#define HUTONG_CURSOR_POSITION 128u
#define HUTONG_CURSOR_SLEEPS 256u
#define HUTONG_CURSOR_REFUSED 384u

/* Counters of a cursor: doubles. */
#define HUTONG_CURSOR_COUNTER_MESSAGES 512u
#define HUTONG_CURSOR_COUNTER_BYTES 520u
#define HUTONG_CURSOR_COUNTER_LOST 528u
#define HUTONG_CURSOR_COUNTER_WAITS 536u
#define HUTONG_CURSOR_COUNTER_WAKES 544u

#endif
