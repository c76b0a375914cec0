/* Locking a mutex that is PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED so that nobody's death can keep this thread
 * asleep. For C and C++, beside hutong's Mutex; the other headers here use it too. Link with -pthread.
 *
 * An unlock wakes one sleeper. If that one is killed before it has the lock, the kernel wakes another, but only if the lock
 * is free just then: if a third has taken it meanwhile, without sleeping, it knows of nobody who sleeps, and wakes nobody
 * when it unlocks. pthread_mutex_lock(3) sleeps on then until somebody else comes to lock, which may be never. */
#ifndef HUTONG_ROBUST_MUTEX_H
#define HUTONG_ROBUST_MUTEX_H

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* As pthread_mutex_lock(3), but looks again every second. 0, EOWNERDEAD (locked, too), ENOTRECOVERABLE, EDEADLK, ... */
static inline int hutong_robust_lock(pthread_mutex_t *mutex) {
  int failed;
  do {
    struct timespec next;
    clock_gettime(CLOCK_REALTIME, &next); /* the clock of pthread_mutex_timedlock */
    next.tv_sec += 1;
    failed = pthread_mutex_timedlock(mutex, &next);
  } while (failed == ETIMEDOUT);
  return failed;
}

#endif
