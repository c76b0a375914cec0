// Where the addresses of closed mappings rest before the kernel may give them to somebody else.
//
// A view's address may still be in use after its mapping is closed: by zlib, crypto or a pool read that has not ended.
// Until then the range holds private zero pages, and nobody else's memory can appear there.
#ifndef HUTONG_QUARANTINE_H
#define HUTONG_QUARANTINE_H

#include "region.h"

// How long at least, on CLOCK_MONOTONIC.
enum { QUARANTINE_MS = 10000 };

// Takes over a range of private zero pages that no JavaScript object refers to any more, and its slot.
void quarantine_put(struct region *region);
// Unmaps what has rested long enough, oldest first, at most `most` ranges. `later`: as if so many more ms had passed.
void quarantine_drain(size_t most, int64_t later);
// What rests there now.
void quarantine_count(size_t *ranges, size_t *bytes);

#endif
