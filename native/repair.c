// What the guard does to the pages of a range after a fault. Called in a signal handler: plain system calls only.
#include "repair.h"

#include <string.h>
#include <sys/mman.h>

static bool zero_pages(uintptr_t start, uintptr_t end, int protection) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
  return mmap((void *)start, end - start, protection, flags, -1, 0) != MAP_FAILED;
}

static bool is_read_only(int kind) { return kind == REGION_READ_ONLY || kind == REGION_SEGMENT; }

// The object ends before `address`: everything from that page on becomes zero pages of our own.
static bool replace_lost(struct region *region, uintptr_t address) {
  uintptr_t page = address & ~((uintptr_t)region->page - 1);
  uintptr_t lost_from = atomic_load(&region->lost_from);
  if (page >= lost_from) return true; // another thread was faster
  int protection = is_read_only(atomic_load(&region->kind)) ? PROT_READ : PROT_READ | PROT_WRITE;
  if (!zero_pages(page, lost_from, protection)) {
    // ENOMEM: one more VMA than vm.max_map_count allows. The whole range needs none.
    page = atomic_load(&region->start);
    if (!zero_pages(page, atomic_load(&region->end), protection)) return false;
  }
  atomic_store(&region->lost_from, page);
  atomic_fetch_or(&region->flags, REGION_LOST);
  return true;
}

// A write through a read-only view: it may have its private copy of the page.
static bool allow_write(struct region *region, uintptr_t address) {
  uintptr_t page = address & ~((uintptr_t)region->page - 1);
  if (mprotect((void *)page, region->page, PROT_READ | PROT_WRITE) < 0) {
    uintptr_t start = atomic_load(&region->start); // as above
    if (mprotect((void *)start, atomic_load(&region->end) - start, PROT_READ | PROT_WRITE) < 0) return false;
  }
  atomic_fetch_or(&region->flags, REGION_WRITTEN);
  return true;
}

// Puts a private copy of its bytes in the place of a part, in one step, so that no thread meets a hole.
static bool replace_by_copy(uintptr_t start, size_t size) {
  void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (copy == MAP_FAILED) return false;
  memcpy(copy, (const void *)start, size);
  if (mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)start) != MAP_FAILED) return true;
  munmap(copy, size);
  return false;
}

// A write to a segment that is attached with SHM_RDONLY: its pages are shared and can never be made writable.
static bool copy_page(struct region *region, uintptr_t address) {
  uintptr_t start = atomic_load(&region->start), end = atomic_load(&region->end);
  uintptr_t page = address & ~((uintptr_t)region->page - 1);
  // One VMA more than allowed: first the whole range, which needs one for a moment, then without its bytes, which needs none.
  if (!replace_by_copy(page, region->page) && !replace_by_copy(start, end - start) &&
      !zero_pages(start, end, PROT_READ | PROT_WRITE))
    return false;
  atomic_fetch_or(&region->flags, REGION_WRITTEN);
  return true;
}

// A range at rest was closed while the access was on its way: it meets zero pages now.
bool repair_lost(struct region *region, uintptr_t address) {
  return atomic_load(&region->kind) == REGION_RESTING || replace_lost(region, address);
}

bool repair_write(struct region *region, uintptr_t address) {
  int kind = atomic_load(&region->kind); // once: it may change meanwhile
  if (kind == REGION_SEGMENT) return copy_page(region, address);
  return kind == REGION_RESTING || (kind == REGION_READ_ONLY && allow_write(region, address));
}
