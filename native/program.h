// What a waiting thread can do beside one raw system call: a few lines of C that wait in cancellable system calls and touch
// shared memory before and after, so that a wake-up is acted on at once, however busy the event loop is.
#ifndef HUTONG_PROGRAM_H
#define HUTONG_PROGRAM_H

#include <stdatomic.h>
#include <time.h>

// Its number stands in the place of a system call's; src/sys/wait.ts knows it too.
enum program { PROGRAM_SEMAPHORE = -1, PROGRAM_LOCK = -2, PROGRAM_CONDITION = -3 };

// `>= 0` or `-errno`. -ECANCELED or -EINTR: it was cancelled and has undone what it had begun.
long run_program(long number, const atomic_int *cancelled, const long *arguments);
// Undoes what a program has achieved when nobody will ever hear of it.
void undo_program(long number, const long *arguments);

// semaphore.c. Takes a unit, waiting until `deadline` (NULL: for ever); `cancelled` may never be set.
long semaphore_wait(const atomic_int *cancelled, void *semaphore, const struct timespec *deadline);
void semaphore_post(void *semaphore);

// condition.c. Sleeps in the slot arguments[1] of the condition at arguments[0], which goes with the mutex at arguments[2].
long condition_sleep(const atomic_int *cancelled, const long *arguments);

#endif
