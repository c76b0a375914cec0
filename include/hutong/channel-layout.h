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

#endif
