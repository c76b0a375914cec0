/* One end of a hutong channel in shared memory, for C programs that connect: `listen('shm:/path')` on the other side.
 *
 *   struct hutong_channel channel;
 *   int error = hutong_channel_connect(&channel, "/run/prices", "bytes");    // the codec that the listener uses
 *   error = hutong_channel_send(&channel, message, length);                 // waits for room
 *   long length = hutong_channel_receive(&channel, buffer, sizeof buffer);  // waits for a message; -EPIPE: the end
 *   hutong_channel_close(&channel);
 *
 * Functions give 0 (or a length), or a negative error number: EPIPE the peer has closed, ECONNRESET it is gone without
 * having closed, EMSGSIZE the message is longer than the buffer (it stays) or than half the ring, EPROTO the peer breaks
 * the protocol or is none of hutong's. One thread uses a channel at a time. Messages longer than half the ring, which
 * come in parts, are EPROTO here. docs/protocol.md; C11; little-endian Linux, 64 bits. */
#ifndef HUTONG_CHANNEL_H
#define HUTONG_CHANNEL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* seals, MSG_CMSG_CLOEXEC: include this file first */
#endif

#include "channel-layout.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct hutong_ring {
  unsigned char *control, *data;
  uint32_t units;    /* of data */
  uint32_t position; /* ours: where the next record is written or read */
  uint32_t seen;     /* the other side's, when last looked at */
  uint32_t left, each, at; /* of a batch that is being read: messages, bytes of each, where in the data */
};

struct hutong_channel {
  int socket, bell, peer_bell;
  unsigned char *memory;
  size_t size;
  struct hutong_ring out, in;
};

static inline _Atomic uint32_t *hutong_word(struct hutong_ring *ring, uint32_t offset) {
  return (_Atomic uint32_t *)(void *)(ring->control + offset);
}

static inline struct hutong_ring hutong_ring_at(unsigned char *control, uint32_t capacity) {
  return (struct hutong_ring){.control = control, .data = control + HUTONG_CHANNEL_PAGE, .units = capacity / HUTONG_CHANNEL_UNIT};
}

static inline uint32_t hutong_units(uint32_t length) {
  return (length + HUTONG_RECORD_HEADER + HUTONG_CHANNEL_UNIT - 1) / HUTONG_CHANNEL_UNIT;
}

/* If the other side has said that it sleeps, wakes it: after the word that it waits for was stored. */
static inline void hutong_wake(struct hutong_channel *channel, struct hutong_ring *ring, uint32_t sleeps) {
  uint64_t one = 1;
  if (atomic_load(hutong_word(ring, sleeps)) == 0 || atomic_exchange(hutong_word(ring, sleeps), 0) == 0) return;
  if (write(channel->peer_bell, &one, sizeof one) < 0) return; /* it is loud enough, or nobody listens */
}

/* Sleeps until `word` of the ring is not `old` any more, or may not be. -EPIPE: `over` says that it will not change. */
static inline int hutong_sleep(struct hutong_channel *channel, struct hutong_ring *ring, const uint32_t at[3], uint32_t old) {
  _Atomic uint32_t *word = hutong_word(ring, at[0]), *sleeps = hutong_word(ring, at[1]), *over = hutong_word(ring, at[2]);
  struct pollfd both[2] = {{channel->bell, POLLIN, 0}, {channel->socket, POLLIN, 0}};
  uint64_t rung;
  atomic_store(sleeps, 1);
  if (atomic_load(word) != old) return 0;
  if (atomic_load(over) != 0) return -EPIPE;
  if (poll(both, 2, -1) < 0) return errno == EINTR ? 0 : -errno;
  if (both[0].revents != 0 && read(channel->bell, &rung, sizeof rung) < 0 && errno != EAGAIN) return -errno;
  if (both[1].revents == 0 || atomic_load(word) != old) return 0;
  return atomic_load(over) != 0 ? -EPIPE : -ECONNRESET;
}

/* Takes the welcome: the memory and the bells. */
static inline int hutong_channel_meet(struct hutong_channel *channel, const char *codec) {
  union {
    unsigned char bytes[160];
    uint32_t words[40];
  } welcome;
  union {
    struct cmsghdr align;
    char space[CMSG_SPACE(3 * sizeof(int))];
  } control;
  struct iovec vector = {welcome.bytes, sizeof welcome};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(channel->socket, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) return -errno;
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  if (rights == NULL || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(3 * sizeof(int))) return -EPROTO;
  int fds[3];
  memcpy(fds, CMSG_DATA(rights), sizeof fds);
  channel->peer_bell = fds[1];
  channel->bell = fds[2];

  uint32_t *words = welcome.words;
  uint32_t capacity = words[HUTONG_HEADER_CAPACITY / 4];
  struct stat memory;
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, error = 0;
  channel->size = HUTONG_CHANNEL_PAGE + 2 * ((size_t)HUTONG_CHANNEL_PAGE + capacity);
  if (length < 32 || words[0] != HUTONG_CHANNEL_MAGIC_0 || words[1] != HUTONG_CHANNEL_MAGIC_1 ||
      words[HUTONG_HEADER_VERSION / 4] != HUTONG_CHANNEL_VERSION || words[HUTONG_HEADER_KIND / 4] != HUTONG_KIND_PAIR ||
      (length > 32 && *codec && ((size_t)length - 32 != strlen(codec) || memcmp(welcome.bytes + 32, codec, strlen(codec)) != 0)) || capacity < 4096 ||
      (capacity & (capacity - 1)) != 0 || (fcntl(fds[0], F_GET_SEALS) & seals) != seals || fstat(fds[0], &memory) < 0 ||
      (size_t)memory.st_size != channel->size)
    error = -EPROTO;
  else {
    void *mapped = mmap(NULL, channel->size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);
    if (mapped == MAP_FAILED) error = -errno;
    else channel->memory = mapped;
  }
  close(fds[0]);
  if (error != 0) return error;
  /* The side that made the memory writes ring 0. */
  channel->in = hutong_ring_at(channel->memory + HUTONG_CHANNEL_PAGE, capacity);
  channel->out = hutong_ring_at(channel->memory + 2 * HUTONG_CHANNEL_PAGE + capacity, capacity);
  return 0;
}

/* Sends what is written, says that nothing more comes, and lets go of everything. */
static inline void hutong_channel_close(struct hutong_channel *channel) {
  if (channel->memory != NULL) {
    atomic_store(hutong_word(&channel->out, HUTONG_RING_ENDED), 1);
    hutong_wake(channel, &channel->out, HUTONG_RING_CONSUMER_SLEEPS);
    munmap(channel->memory, channel->size);
  }
  int fds[3] = {channel->bell, channel->peer_bell, channel->socket};
  for (int i = 0; i < 3; i++)
    if (fds[i] >= 0) close(fds[i]);
}

static inline int hutong_channel_connect(struct hutong_channel *channel, const char *path, const char *codec) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  *channel = (struct hutong_channel){.socket = -1, .bell = -1, .peer_bell = -1};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  channel->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error = channel->socket < 0 || connect(channel->socket, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
  if (error == 0) error = hutong_channel_meet(channel, codec);
  if (error != 0) hutong_channel_close(channel);
  return error;
}

static inline void hutong_put_header(struct hutong_ring *ring, uint32_t length, uint32_t tag) {
  uint32_t header[2] = {length, tag};
  memcpy(ring->data + (size_t)(ring->position & (ring->units - 1)) * HUTONG_CHANNEL_UNIT, header, sizeof header);
}

static inline int hutong_channel_send(struct hutong_channel *channel, const void *message, uint32_t length) {
  struct hutong_ring *ring = &channel->out;
  const uint32_t waiting[3] = {HUTONG_RING_TAIL, HUTONG_RING_PRODUCER_SLEEPS, HUTONG_RING_CLOSED};
  if (length > ring->units / 2 * HUTONG_CHANNEL_UNIT - HUTONG_RECORD_HEADER) return -EMSGSIZE;
  uint32_t units = hutong_units(length), left = ring->units - (ring->position & (ring->units - 1));
  uint32_t needed = units > left ? units + left : units;
  while (ring->position - ring->seen + needed > ring->units) {
    uint32_t now = atomic_load(hutong_word(ring, HUTONG_RING_TAIL));
    if (now - ring->seen > ring->position - ring->seen) return -EPROTO;
    int error = now == ring->seen ? hutong_sleep(channel, ring, waiting, now) : 0;
    if (error != 0) return error;
    ring->seen = now;
  }
  if (units > left) { /* the data's end is too short */
    hutong_put_header(ring, left * HUTONG_CHANNEL_UNIT - HUTONG_RECORD_HEADER, HUTONG_TAG_PADDING);
    ring->position += left;
  }
  hutong_put_header(ring, length, HUTONG_TAG_MESSAGE);
  size_t at = (size_t)(ring->position & (ring->units - 1)) * HUTONG_CHANNEL_UNIT;
  memcpy(ring->data + at + HUTONG_RECORD_HEADER, message, length);
  ring->position += units;
  atomic_store(hutong_word(ring, HUTONG_RING_HEAD), ring->position);
  hutong_wake(channel, ring, HUTONG_RING_CONSUMER_SLEEPS);
  return 0;
}

/* Gives the producer the places that have been read. */
static inline void hutong_release(struct hutong_channel *channel) {
  atomic_store(hutong_word(&channel->in, HUTONG_RING_TAIL), channel->in.position);
  hutong_wake(channel, &channel->in, HUTONG_RING_PRODUCER_SLEEPS);
}

/* Finds the next record; its length and tag are read once, since the peer could change them. */
static inline int hutong_next(struct hutong_channel *channel) {
  struct hutong_ring *ring = &channel->in;
  const uint32_t waiting[3] = {HUTONG_RING_HEAD, HUTONG_RING_CONSUMER_SLEEPS, HUTONG_RING_ENDED};
  for (;;) {
    while (ring->position == ring->seen) {
      hutong_release(channel);
      int error = hutong_sleep(channel, ring, waiting, ring->seen);
      uint32_t head = atomic_load(hutong_word(ring, HUTONG_RING_HEAD)); /* also after the end, which is said last */
      if (head - ring->position > ring->units) return -EPROTO;
      if (head == ring->seen && error != 0) return error;
      ring->seen = head;
    }
    uint32_t unit = ring->position & (ring->units - 1), header[2];
    memcpy(header, ring->data + (size_t)unit * HUTONG_CHANNEL_UNIT, sizeof header);
    uint32_t length = header[0], kind = header[1] & ((1u << HUTONG_TAG_BITS) - 1), count = header[1] >> HUTONG_TAG_BITS;
    if (length > ring->units * HUTONG_CHANNEL_UNIT || hutong_units(length) > ring->seen - ring->position) return -EPROTO;
    if (unit + hutong_units(length) > ring->units) return -EPROTO;
    ring->position += hutong_units(length);
    if (kind == HUTONG_TAG_PADDING) continue;
    if (kind == HUTONG_TAG_MESSAGE) count = 1;
    else if (kind != HUTONG_TAG_BATCH || count == 0 || length % count != 0) return -EPROTO;
    ring->left = count;
    ring->each = length / count;
    ring->at = unit * HUTONG_CHANNEL_UNIT + HUTONG_RECORD_HEADER;
    return 0;
  }
}

static inline long hutong_channel_receive(struct hutong_channel *channel, void *buffer, size_t size) {
  struct hutong_ring *ring = &channel->in;
  int error = ring->left == 0 ? hutong_next(channel) : 0;
  if (error != 0) return error;
  if (ring->each > size) return -EMSGSIZE;
  memcpy(buffer, ring->data + ring->at, ring->each);
  ring->at += ring->each;
  /* Not at each message: it costs the cache line that the producer polls. The rest is given back when nothing is left. */
  uint32_t released = atomic_load_explicit(hutong_word(ring, HUTONG_RING_TAIL), memory_order_relaxed);
  if (--ring->left == 0 && ring->position - released >= ring->units / 8) hutong_release(channel);
  return ring->each;
}

#endif
