// One side of a trial over a shared mapping: a ring for one producer and one consumer in each direction. The same
// algorithm on the same bytes as bench/sides/ring.ts; bench/sides/ring-layout.ts draws them.
#include "roles.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEMORY = 3, MY_BELL = 4, PEER_BELL = 5, PAGE = 4096, LINE = 128 };

typedef _Atomic uint32_t word;

struct ring {
  word *head, *tail; // in shared memory: messages ever published, messages ever released
  unsigned char *slots;
  uint32_t position; // mine: sent or received
  uint32_t seen;     // the other side's, when last looked at
  uint32_t released;
};

struct link {
  struct ring out, in;
  word *i_sleep, *peer_sleeps;
  uint32_t capacity; // messages in a ring, a power of two
  bool sleeps;       // on an eventfd, instead of spinning
};

static void wake_peer(struct link *link) {
  uint64_t one = 1;
  if (!link->sleeps || atomic_load(link->peer_sleeps) == 0) return;
  atomic_store(link->peer_sleeps, 0);
  if (write(PEER_BELL, &one, sizeof one) < 0) fail("write eventfd");
}

// Gives `from`'s value once it is not `old` any more.
static uint32_t await_change(struct link *link, word *from, uint32_t old) {
  uint64_t rung;
  for (;;) {
    uint32_t now = atomic_load_explicit(from, memory_order_acquire);
    if (now != old) return now;
    if (!link->sleeps) continue;
    atomic_store(link->i_sleep, 1);
    if (atomic_load(from) != old) atomic_store(link->i_sleep, 0);
    else if (read(MY_BELL, &rung, sizeof rung) < 0) fail("read eventfd");
  }
}

// Sequentially consistent only where a sleeper must not be missed, as a C programmer would write it.
static inline void publish(struct link *link, word *to, uint32_t value) {
  if (!link->sleeps) {
    atomic_store_explicit(to, value, memory_order_release);
    return;
  }
  atomic_store(to, value);
  wake_peer(link);
}

static inline void send(void *link_, unsigned char *message, size_t size) {
  struct link *link = link_;
  struct ring *ring = &link->out;
  if (ring->position - ring->seen == link->capacity)
    ring->seen = await_change(link, ring->tail, ring->position - link->capacity);
  memcpy(ring->slots + (ring->position & (link->capacity - 1)) * size, message, size);
  publish(link, ring->head, ++ring->position);
}

static inline void release(struct link *link, struct ring *ring) {
  ring->released = ring->position;
  publish(link, ring->tail, ring->position);
}

static inline void receive(void *link_, unsigned char *message, size_t size) {
  struct link *link = link_;
  struct ring *ring = &link->in;
  if (ring->position == ring->seen) {
    if (ring->released != ring->position) release(link, ring);
    ring->seen = await_change(link, ring->head, ring->position);
  }
  memcpy(message, ring->slots + (ring->position & (link->capacity - 1)) * size, size);
  if (++ring->position - ring->released >= link->capacity / 4) release(link, ring);
}

static struct ring ring_at(unsigned char *base) {
  return (struct ring){.head = (word *)base, .tail = (word *)(base + LINE), .slots = base + PAGE};
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  bool first = speaks_first(&plan);
  uint32_t capacity = plan.size * 8 > 65536 ? 8 : (uint32_t)(65536 / plan.size);
  size_t each = PAGE + capacity * plan.size;
  unsigned char *base = mmap(NULL, PAGE + 2 * each, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY, 0);
  if (base == MAP_FAILED) fail("mmap");
  struct ring there = ring_at(base + PAGE), back = ring_at(base + PAGE + each);
  struct link link = {
      .out = first ? there : back,
      .in = first ? back : there,
      .i_sleep = (word *)(base + (first ? 0 : LINE)),
      .peer_sleeps = (word *)(base + (first ? LINE : 0)),
      .capacity = capacity,
      .sleeps = strcmp(plan.extra, "sleep") == 0,
  };
  return run_role(&plan, &link, send, receive);
}
