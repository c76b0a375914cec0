// What a channel in shared memory is measured against: a ring for one producer and one consumer in each direction, whose
// sides spin for a while and then sleep on a futex. Arguments: ROLE SIZE WARM_UP COUNT CAPACITY SPIN BATCH; the memory is
// descriptor 3. CAPACITY is the bytes of a ring, SPIN the microseconds before a side sleeps, -1: it never does. BATCH
// messages are published at a time.
#include "plan.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MEMORY = 3, PAGE = 4096, LINE = 128, LOOKS = 32, GROUP = 16 };

typedef _Atomic uint32_t word;

struct ring {
  word *head, *consumer_sleeps; // messages ever published
  word *tail, *producer_sleeps; // messages ever released
  unsigned char *slots;
  uint32_t position, shown; // mine: sent and published, or received and released
  uint32_t seen;            // the other side's, when last looked at
};

struct link {
  struct ring out, in;
  size_t size;
  uint32_t slots, batch; // messages in a ring, a power of two
  int64_t spin;
};

static void futex(word *at, int operation, uint32_t value) {
  syscall(SYS_futex, at, operation, value, NULL, NULL, 0);
}

// Sequentially consistent only where a sleeper must not be missed: see await_change.
static inline void publish(const struct link *link, word *to, word *sleeps, uint32_t value) {
  if (link->spin < 0) {
    atomic_store_explicit(to, value, memory_order_release);
    return;
  }
  atomic_store(to, value);
  if (atomic_load(sleeps) != 0 && atomic_exchange(sleeps, 0) != 0) futex(sleeps, FUTEX_WAKE, 1);
}

// Gives `from`'s value once it is not `old` any more.
static uint32_t await_change(const struct link *link, word *from, word *i_sleep, uint32_t old) {
  uint64_t start = 0;
  for (uint32_t looks = 1;; looks++) {
    uint32_t now = atomic_load_explicit(from, memory_order_acquire);
    if (now != old) return now;
    if (link->spin < 0) continue;
    if (link->spin > 0) { // the clock costs as much as many looks
      if (looks % LOOKS != 0) continue;
      if (start == 0) start = now_ns();
      if (now_ns() - start < (uint64_t)link->spin * 1000) continue;
    }
    atomic_store(i_sleep, 1);
    if (atomic_load(from) == old) futex(i_sleep, FUTEX_WAIT, 1);
    atomic_store(i_sleep, 0);
  }
}

static inline void flush(const struct link *link, struct ring *ring) {
  if (ring->shown == ring->position) return;
  ring->shown = ring->position;
  publish(link, ring->head, ring->consumer_sleeps, ring->position);
}

static inline unsigned char *slot(const struct link *link, const struct ring *ring) {
  return ring->slots + (ring->position & (link->slots - 1)) * link->size;
}

static inline void send(struct link *link, unsigned char *message, uint32_t number) {
  struct ring *ring = &link->out;
  memcpy(message, &number, sizeof number);
  if (ring->position - ring->seen == link->slots) {
    flush(link, ring);
    ring->seen = await_change(link, ring->tail, ring->producer_sleeps, ring->position - link->slots);
  }
  memcpy(slot(link, ring), message, link->size);
  if (++ring->position - ring->shown >= link->batch) flush(link, ring);
}

static inline void release(const struct link *link, struct ring *ring) {
  ring->shown = ring->position;
  publish(link, ring->tail, ring->producer_sleeps, ring->position);
}

static inline void receive(struct link *link, unsigned char *message, uint32_t number) {
  struct ring *ring = &link->in;
  if (ring->position == ring->seen) {
    flush(link, &link->out);
    if (ring->shown != ring->position) release(link, ring);
    ring->seen = await_change(link, ring->head, ring->consumer_sleeps, ring->position);
  }
  memcpy(message, slot(link, ring), link->size);
  if (++ring->position - ring->shown >= link->slots / 4) release(link, ring);
  uint32_t got;
  memcpy(&got, message, sizeof got);
  if (got == number) return;
  fprintf(stderr, "message %u came where %u was due\n", got, number);
  exit(1);
}

static void send_all(struct link *link, unsigned char *message, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) send(link, message, i);
  flush(link, &link->out);
}

static void receive_all(struct link *link, unsigned char *message, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) receive(link, message, i);
}

static void answer_all(struct link *link, unsigned char *message, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    receive(link, message, i);
    send(link, message, i);
  }
  flush(link, &link->out);
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return left < right ? -1 : left > right;
}

// Gives the median of the trips, in nanoseconds, each the average of GROUP in a row: the clock takes as long as a trip.
static double call_all(struct link *link, unsigned char *message, uint32_t count) {
  uint32_t groups = (count + GROUP - 1) / GROUP;
  double *trips = malloc(groups * sizeof *trips);
  if (trips == NULL) fail("malloc");
  for (uint32_t i = 0; i < groups; i++) {
    uint64_t start = now_ns();
    for (uint32_t j = i * GROUP; j < (i + 1) * GROUP; j++) {
      send(link, message, j);
      receive(link, message, j);
    }
    trips[i] = (double)(now_ns() - start) / GROUP;
  }
  qsort(trips, groups, sizeof *trips, ascending);
  double median = trips[groups / 2];
  free(trips);
  return median;
}

static double cpu_ns(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return ((double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec) * 1e9 +
         ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) * 1e3;
}

static double run(const char *role, struct link *link, unsigned char *message, uint32_t count) {
  if (strcmp(role, "caller") == 0) return call_all(link, message, count);
  if (strcmp(role, "answerer") == 0) answer_all(link, message, (count + GROUP - 1) / GROUP * GROUP);
  else if (strcmp(role, "sender") == 0) send_all(link, message, count);
  else receive_all(link, message, count);
  return 0;
}

static struct ring ring_at(unsigned char *base) {
  return (struct ring){.head = (word *)base,
                       .tail = (word *)(base + LINE),
                       .consumer_sleeps = (word *)(base + 2 * LINE),
                       .producer_sleeps = (word *)(base + 3 * LINE),
                       .slots = base + PAGE};
}

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  const char *role = argv[1];
  uint32_t warm_up = (uint32_t)strtoul(argv[3], NULL, 10), count = (uint32_t)strtoul(argv[4], NULL, 10);
  size_t capacity = strtoul(argv[5], NULL, 10), each = PAGE + capacity;
  int first = strcmp(role, "sender") == 0 || strcmp(role, "caller") == 0;
  unsigned char *base = mmap(NULL, 2 * each, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY, 0);
  if (base == MAP_FAILED) fail("mmap");
  struct link link = {.out = ring_at(first ? base : base + each),
                      .in = ring_at(first ? base + each : base),
                      .size = strtoul(argv[2], NULL, 10),
                      .batch = (uint32_t)strtoul(argv[7], NULL, 10),
                      .spin = strtoll(argv[6], NULL, 10)};
  link.slots = (uint32_t)(capacity / link.size);
  unsigned char *message = calloc(1, link.size);
  if (message == NULL) fail("calloc");
  run(role, &link, message, warm_up);
  // The receiver says when it has been through the warm-up: the timed part begins for both.
  if (strcmp(role, "sender") == 0) receive_all(&link, message, 1);
  double cpu = cpu_ns();
  uint64_t start = now_ns();
  if (strcmp(role, "receiver") == 0) send_all(&link, message, 1);
  double median = run(role, &link, message, count);
  printf("{\"nanoseconds\":%llu,\"median\":%.1f,\"cpu\":%.0f}\n", (unsigned long long)(now_ns() - start), median,
         cpu_ns() - cpu);
  return 0;
}
