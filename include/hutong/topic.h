/* A subscriber of a hutong topic, for C programs: `publish('shm:/path')` on the other side.
 *
 *   struct hutong_topic topic;
 *   int error = hutong_topic_subscribe(&topic, "/run/prices", "bytes");  // the codec that the publisher uses
 *   long length = hutong_topic_receive(&topic, buffer, sizeof buffer);   // waits; -EPIPE: the publisher has closed
 *   topic.lost;                                                          // messages that were written over unread, so far
 *   hutong_topic_close(&topic);
 *
 * A subscription begins with what is published after it. Functions give 0 (or a length), or a negative error number: EPIPE
 * the end, ECONNRESET the publisher is gone without having closed, EMSGSIZE the message is longer than the buffer (it
 * stays), EPROTO the publisher breaks the protocol or is none. docs/protocol.md; C11; little-endian Linux, 64 bits. */
#ifndef HUTONG_TOPIC_H
#define HUTONG_TOPIC_H

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

struct hutong_topic {
  int socket, bell, publisher_bell;
  unsigned char *log, *cursor;
  size_t size;
  uint32_t units, block; /* of the data, and of a block of it */
  uint64_t position, sequence;
  uint32_t head;           /* as last seen */
  uint32_t left, each, at; /* of the record that is being read: messages, bytes of each, where in the data */
  uint64_t next;           /* the position behind it */
  uint64_t lost;
};

static inline _Atomic uint32_t *hutong_log_word(struct hutong_topic *topic, uint32_t offset) {
  return (_Atomic uint32_t *)(void *)(topic->log + HUTONG_CHANNEL_PAGE + offset);
}

static inline _Atomic uint32_t *hutong_cursor_word(struct hutong_topic *topic, uint32_t offset) {
  return (_Atomic uint32_t *)(void *)(topic->cursor + offset);
}

/* R3: whether the record at `position` was not given up before what has been read of it. */
static inline bool hutong_topic_intact(struct hutong_topic *topic, uint64_t position) {
  atomic_thread_fence(memory_order_acquire); /* the reads before come before the look */
  uint32_t claimed = atomic_load(hutong_log_word(topic, HUTONG_LOG_CLAIMED));
  return (uint32_t)(position / topic->block) - claimed <= HUTONG_LOG_BLOCKS;
}

/* R4, R5: tells how far we are, and wakes a publisher that waits for that. */
static inline void hutong_topic_tell(struct hutong_topic *topic) {
  uint64_t one = 1;
  uint32_t position = (uint32_t)topic->position;
  uint32_t before = atomic_exchange(hutong_cursor_word(topic, HUTONG_CURSOR_POSITION), position);
  uint32_t awaited = atomic_load(hutong_log_word(topic, HUTONG_LOG_AWAITED)), wanted = awaited & ~1u;
  if (awaited == 0 || (int32_t)(wanted - before) <= 0 || (int32_t)(position - wanted) < 0) return;
  if (write(topic->publisher_bell, &one, sizeof one) < 0) return; /* it is loud enough, or nobody listens */
}

/* Goes to the oldest record there is, and counts what was lost before it. */
static inline int hutong_topic_resume(struct hutong_topic *topic) {
  for (;;) {
    uint32_t claimed = atomic_load(hutong_log_word(topic, HUTONG_LOG_CLAIMED));
    double oldest[2];
    memcpy(oldest, topic->log + HUTONG_CHANNEL_PAGE + HUTONG_LOG_OLDEST + claimed % HUTONG_LOG_BLOCKS * sizeof oldest, sizeof oldest);
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load(hutong_log_word(topic, HUTONG_LOG_CLAIMED)) != claimed) continue;
    if (!(oldest[0] >= (double)topic->position && oldest[0] < 9e15 && oldest[1] >= (double)topic->sequence && oldest[1] < 9e15))
      return -EPROTO; /* it may only send us forward */
    topic->lost += (uint64_t)oldest[1] - topic->sequence;
    topic->position = (uint64_t)oldest[0];
    topic->sequence = (uint64_t)oldest[1];
    topic->head = atomic_load(hutong_log_word(topic, HUTONG_LOG_HEAD));
    if (hutong_topic_intact(topic, topic->position)) return 0;
  }
}

/* R6, R7: sleeps until there may be more. -EPIPE, -ECONNRESET: there will not be. */
static inline int hutong_topic_sleep(struct hutong_topic *topic) {
  struct pollfd both[2] = {{topic->bell, POLLIN, 0}, {topic->socket, POLLIN, 0}};
  uint64_t rung;
  hutong_topic_tell(topic);
  atomic_store(hutong_cursor_word(topic, HUTONG_CURSOR_SLEEPS), 1);
  if (atomic_load(hutong_log_word(topic, HUTONG_LOG_HEAD)) != topic->head) return 0;
  if (atomic_load(hutong_log_word(topic, HUTONG_LOG_ENDED)) != 0) return -EPIPE;
  if (poll(both, 2, -1) < 0) return errno == EINTR ? 0 : -errno;
  if (both[0].revents != 0 && read(topic->bell, &rung, sizeof rung) < 0 && errno != EAGAIN) return -errno;
  if (both[1].revents == 0 || atomic_load(hutong_log_word(topic, HUTONG_LOG_HEAD)) != topic->head) return 0;
  return atomic_load(hutong_log_word(topic, HUTONG_LOG_ENDED)) != 0 ? -EPIPE : -ECONNRESET;
}

/* Finds the next record; -EAGAIN: it was written over while we looked. */
static inline int hutong_topic_open(struct hutong_topic *topic) {
  uint32_t there = topic->head - (uint32_t)topic->position, unit = (uint32_t)(topic->position % topic->units), header[2];
  unsigned char *record = topic->log + 2 * HUTONG_CHANNEL_PAGE + (size_t)unit * HUTONG_LOG_UNIT;
  double sequence;
  memcpy(header, record, sizeof header);
  memcpy(&sequence, record + sizeof header, sizeof sequence);
  uint64_t units = ((uint64_t)header[0] + HUTONG_LOG_RECORD_HEADER + HUTONG_LOG_UNIT - 1) / HUTONG_LOG_UNIT;
  uint32_t kind = header[1] & ((1u << HUTONG_TAG_BITS) - 1), count = header[1] >> HUTONG_TAG_BITS;
  if (kind == HUTONG_TAG_MESSAGE) count = 1;
  bool known = kind == HUTONG_TAG_PADDING || kind == HUTONG_TAG_MESSAGE || (kind == HUTONG_TAG_BATCH && count > 0 && header[0] % count == 0);
  if (!known || there > topic->units || units > there || unit + units > topic->units || sequence != (double)topic->sequence)
    return hutong_topic_intact(topic, topic->position) ? -EPROTO : -EAGAIN;
  topic->next = topic->position + units;
  if (kind == HUTONG_TAG_PADDING) {
    topic->position = topic->next;
    return 0;
  }
  topic->left = count;
  topic->each = header[0] / count;
  topic->at = unit * HUTONG_LOG_UNIT + HUTONG_LOG_RECORD_HEADER;
  return 0;
}

static inline long hutong_topic_receive(struct hutong_topic *topic, void *buffer, size_t size) {
  for (int error = 0;;) {
    while (topic->left == 0 && error == 0) {
      if ((uint32_t)topic->position == topic->head) {
        error = hutong_topic_sleep(topic);
        uint32_t head = atomic_load(hutong_log_word(topic, HUTONG_LOG_HEAD)); /* also after the end, which is said last */
        if (error != 0 && head == topic->head) return error;
        error = 0;
        topic->head = head;
      }
      if (!hutong_topic_intact(topic, topic->position)) error = -EAGAIN;
      else if ((uint32_t)topic->position != topic->head) error = hutong_topic_open(topic);
    }
    if (error == 0) {
      if (topic->each > size) return -EMSGSIZE;
      memcpy(buffer, topic->log + 2 * HUTONG_CHANNEL_PAGE + topic->at, topic->each); /* R2 */
      if (hutong_topic_intact(topic, topic->position)) break;
      error = -EAGAIN;
    }
    if (error != -EAGAIN) return error;
    topic->left = 0;
    error = hutong_topic_resume(topic);
    if (error != 0) return error;
  }
  topic->sequence++;
  topic->at += topic->each;
  if (--topic->left == 0) {
    topic->position = topic->next;
    uint32_t told = atomic_load_explicit(hutong_cursor_word(topic, HUTONG_CURSOR_POSITION), memory_order_relaxed);
    if ((uint32_t)topic->position - told >= topic->units / 8) hutong_topic_tell(topic);
  }
  return topic->each;
}

static inline void hutong_topic_close(struct hutong_topic *topic) {
  if (topic->log != NULL) munmap(topic->log, topic->size);
  if (topic->cursor != NULL) munmap(topic->cursor, HUTONG_CHANNEL_PAGE);
  int fds[3] = {topic->bell, topic->publisher_bell, topic->socket};
  for (int i = 0; i < 3; i++)
    if (fds[i] >= 0) close(fds[i]);
}

/* Maps memory of that size and with those seals: neither can change any more. NULL if it has others. */
static inline unsigned char *hutong_topic_map(int fd, size_t size, int seals, int protection) {
  struct stat memory;
  if ((fcntl(fd, F_GET_SEALS) & seals) != seals || fstat(fd, &memory) < 0 || (size_t)memory.st_size != size) return NULL;
  void *address = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
  return address == MAP_FAILED ? NULL : address;
}

/* Takes the welcome: the log, our cursor, the bells. */
static inline int hutong_topic_meet(struct hutong_topic *topic, const char *codec) {
  union {
    unsigned char bytes[192];
    uint32_t words[48];
    double numbers[24];
  } welcome;
  union {
    struct cmsghdr align;
    char space[CMSG_SPACE(4 * sizeof(int))];
  } control;
  struct iovec vector = {welcome.bytes, sizeof welcome};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(topic->socket, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) return -errno;
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  if (rights == NULL || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(4 * sizeof(int))) return -EPROTO;
  int fds[4], seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  memcpy(fds, CMSG_DATA(rights), sizeof fds);
  topic->bell = fds[2];
  topic->publisher_bell = fds[3];

  const uint32_t *words = welcome.words;
  uint32_t capacity = words[HUTONG_HEADER_CAPACITY / 4];
  size_t named = length < 48 ? 0 : (size_t)length - 48;
  bool good = length >= 48 && words[0] == HUTONG_CHANNEL_MAGIC_0 && words[1] == HUTONG_CHANNEL_MAGIC_1 &&
              words[HUTONG_HEADER_VERSION / 4] == HUTONG_CHANNEL_VERSION && words[HUTONG_HEADER_KIND / 4] == HUTONG_KIND_LOG &&
              capacity >= 4096 && (capacity & (capacity - 1)) == 0 &&
              (named == 0 || *codec == 0 || (named == strlen(codec) && memcmp(welcome.bytes + 48, codec, named) == 0));
  if (good) {
    topic->size = 2 * (size_t)HUTONG_CHANNEL_PAGE + capacity;
    topic->log = hutong_topic_map(fds[0], topic->size, seals | F_SEAL_FUTURE_WRITE, PROT_READ);
    topic->cursor = hutong_topic_map(fds[1], HUTONG_CHANNEL_PAGE, seals, PROT_READ | PROT_WRITE);
  }
  close(fds[0]);
  close(fds[1]);
  if (topic->log == NULL || topic->cursor == NULL) return -EPROTO;
  topic->units = capacity / HUTONG_LOG_UNIT;
  topic->block = topic->units / HUTONG_LOG_BLOCKS;
  topic->position = (uint64_t)welcome.numbers[4];
  topic->sequence = (uint64_t)welcome.numbers[5];
  topic->head = (uint32_t)topic->position;
  hutong_topic_tell(topic);
  return 0;
}

static inline int hutong_topic_subscribe(struct hutong_topic *topic, const char *path, const char *codec) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  *topic = (struct hutong_topic){.socket = -1, .bell = -1, .publisher_bell = -1};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  topic->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error = topic->socket < 0 || connect(topic->socket, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
  if (error == 0) error = hutong_topic_meet(topic, codec);
  if (error != 0) hutong_topic_close(topic);
  return error;
}

#endif
