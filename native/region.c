// The table behind region.h: chunks of slots that are added at the front and never freed.
#include "region.h"

#include <pthread.h>
#include <stdlib.h>

enum { CHUNK = 128 };

struct chunk {
  struct chunk *next; // fixed before the chunk is published
  struct region slots[CHUNK];
};

static _Atomic(struct chunk *) chunks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct region *free_slots;
static size_t taken;

// With the lock held.
static bool grow(void) {
  struct chunk *chunk = calloc(1, sizeof *chunk);
  if (chunk == NULL) return false;
  for (size_t i = 0; i < CHUNK; i++) {
    chunk->slots[i].next = free_slots;
    free_slots = &chunk->slots[i];
  }
  chunk->next = atomic_load(&chunks);
  atomic_store(&chunks, chunk);
  return true;
}

struct region *region_add(uintptr_t start, uintptr_t end, int kind, size_t page) {
  pthread_mutex_lock(&lock);
  struct region *region = NULL;
  if (free_slots != NULL || grow()) {
    region = free_slots;
    free_slots = region->next;
    taken++;
  }
  pthread_mutex_unlock(&lock);
  if (region == NULL) return NULL;
  region->next = region->previous = NULL;
  region->page = page;
  atomic_store(&region->kind, kind);
  atomic_store(&region->flags, 0);
  atomic_store(&region->lost_from, end);
  atomic_store(&region->end, end);
  atomic_store(&region->start, start);
  return region;
}

void region_drop(struct region *region) {
  atomic_store(&region->start, 0);
  pthread_mutex_lock(&lock);
  region->next = free_slots;
  free_slots = region;
  taken--;
  pthread_mutex_unlock(&lock);
}

// A slot may change hands while we look at it. That cannot hide the range we seek: its slot stays as it is for as long
// as anybody can touch the range. The second look at `start` keeps two owners' bounds from being mixed.
struct region *region_at(uintptr_t address) {
  for (struct chunk *chunk = atomic_load(&chunks); chunk != NULL; chunk = chunk->next)
    for (size_t i = 0; i < CHUNK; i++) {
      struct region *region = &chunk->slots[i];
      uintptr_t start = atomic_load(&region->start);
      if (start == 0 || address < start || address >= atomic_load(&region->end)) continue;
      if (atomic_load(&region->start) == start) return region;
    }
  return NULL;
}

size_t region_count(void) {
  pthread_mutex_lock(&lock);
  size_t count = taken;
  pthread_mutex_unlock(&lock);
  return count;
}
