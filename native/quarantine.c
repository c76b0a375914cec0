// A list by the time of the last closing. Ranges that touch each other and were closed within a second of each other
// become one, so that a program that opens and closes a mapping 100,000 times leaves a handful of entries (and of the
// kernel's own VMAs, which it joins the same way) and not 100,000.
#include "quarantine.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

enum { JOIN_MS = 1000, JOIN_DEPTH = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct region *oldest, *newest;
static size_t ranges, bytes;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void append(struct region *region) {
  region->previous = newest;
  region->next = NULL;
  *(newest != NULL ? &newest->next : &oldest) = region;
  newest = region;
}

static void take_out(struct region *region) {
  *(region->previous != NULL ? &region->previous->next : &oldest) = region->next;
  *(region->next != NULL ? &region->next->previous : &newest) = region->previous;
}

static size_t size_of(struct region *region) { return atomic_load(&region->end) - atomic_load(&region->start); }

// A recent entry that touches `region`, made to cover both; NULL when there is none.
static struct region *join(struct region *region, int64_t time) {
  uintptr_t start = atomic_load(&region->start), end = atomic_load(&region->end);
  size_t seen = 0;
  for (struct region *other = newest; other != NULL && seen < JOIN_DEPTH; other = other->previous, seen++) {
    if (time - other->first >= JOIN_MS) continue;
    if (atomic_load(&other->start) == end) atomic_store(&other->start, start);
    else if (atomic_load(&other->end) == start) atomic_store(&other->end, end);
    else continue;
    return other;
  }
  return NULL;
}

void quarantine_put(struct region *region) {
  int64_t time = now();
  // A buffer that was moved away may have been written since: addresses rest, memory does not.
  madvise((void *)atomic_load(&region->start), size_of(region), MADV_DONTNEED);
  pthread_mutex_lock(&lock);
  bytes += size_of(region);
  struct region *joined = join(region, time);
  if (joined != NULL) {
    take_out(joined);
    region_drop(region); // the other slot covers the range already
    region = joined;
  } else {
    region->first = time;
    ranges++;
  }
  region->last = time;
  append(region);
  pthread_mutex_unlock(&lock);
}

void quarantine_drain(size_t most, int64_t later) {
  int64_t time = now() + later;
  pthread_mutex_lock(&lock);
  for (; most > 0 && oldest != NULL && time - oldest->last >= QUARANTINE_MS; most--) {
    struct region *region = oldest;
    uintptr_t start = atomic_load(&region->start);
    size_t size = size_of(region);
    take_out(region);
    // Out of the table first: once unmapped, the addresses may be another mapping's at once.
    atomic_store(&region->start, 0);
    // ENOMEM: the range lies amid a longer one, and splitting it would exceed vm.max_map_count. Later, then.
    if (munmap((void *)start, size) < 0) {
      atomic_store(&region->start, start);
      region->last = now();
      append(region);
      break;
    }
    ranges--;
    bytes -= size;
    region_drop(region);
  }
  pthread_mutex_unlock(&lock);
}

void quarantine_count(size_t *count, size_t *total) {
  pthread_mutex_lock(&lock);
  *count = ranges;
  *total = bytes;
  pthread_mutex_unlock(&lock);
}
