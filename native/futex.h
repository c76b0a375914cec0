// What the files that wait for a futex share.
#ifndef HUTONG_FUTEX_H
#define HUTONG_FUTEX_H

#include <time.h>

// The time of CLOCK_MONOTONIC in so many milliseconds, for FUTEX_WAIT_BITSET: what was interrupted goes on with the same one.
struct timespec futex_deadline(double milliseconds);

#endif
