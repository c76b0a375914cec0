// Repairing a range after a fault (see guard.c). Both answer whether the access may run again; `region->busy` is held.
#ifndef HUTONG_REPAIR_H
#define HUTONG_REPAIR_H

#include "region.h"

// The object ends before `address`, or there is no memory for its page.
bool repair_lost(struct region *region, uintptr_t address);
// A write to a page that may only be read.
bool repair_write(struct region *region, uintptr_t address);

#endif
