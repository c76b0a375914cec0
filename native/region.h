// The address ranges this addon has mapped, process-wide, in a table that a signal handler may read at any time.
#ifndef HUTONG_REGION_H
#define HUTONG_REGION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum region_kind {
  REGION_PLAIN,     // may be truncated by others
  REGION_READ_ONLY, // MAP_PRIVATE | PROT_READ: a write makes a private copy of its page
  REGION_SEGMENT,   // attached with SHM_RDONLY: likewise
  REGION_RESTING,   // private zero pages: closed, in quarantine
};

enum region_flag {
  REGION_LOST = 1,    // the object was truncated: some pages are private zero pages now
  REGION_WRITTEN = 2, // somebody wrote through a read-only mapping: some pages are private copies now
};

// A slot is never freed, so that the handler can walk the table without a lock.
struct region {
  _Atomic uintptr_t start; // 0: a free slot. Stored last when a slot is taken, first when it is given back
  _Atomic uintptr_t end;
  _Atomic uintptr_t lost_from; // pages from here on are zero pages; `end` or more: none
  atomic_int kind, flags;
  atomic_int busy; // held by the one handler that changes this range's pages
  size_t page;     // the size of its pages: more than the system's for huge pages

  // Under the table's lock: the list of free slots, or the quarantine.
  struct region *next, *previous;
  int64_t first, last; // quarantine.c: milliseconds when the first and the last part came to rest
};

// Takes a slot; NULL when there is no memory for one.
struct region *region_add(uintptr_t start, uintptr_t end, int kind, size_t page);
// Gives a slot back. Nobody may touch the range any more.
void region_drop(struct region *region);
// The slot of an address, or NULL. Safe in a signal handler.
struct region *region_at(uintptr_t address);
// How many slots are taken.
size_t region_count(void);

#endif
