// Ranges in which a thread holds locks when its environment ends: a worker that is terminated, most of all. The kernel reads
// these locks when the thread itself ends, to tell the next holder, so the range must outlive the thread.
#ifndef HUTONG_LINGER_H
#define HUTONG_LINGER_H

#include "memory.h"

// Whether this thread holds a robust lock in the range.
bool holds_lock(const struct memory *memory);
// Keeps a range until this thread has ended; `leave` is called then, from another thread.
void linger(struct memory *memory, void (*leave)(struct memory *memory));
// Lets go of ranges whose threads have ended.
void linger_drain(void);

#endif
