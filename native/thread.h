// Threads of our own.
#ifndef HUTONG_THREAD_H
#define HUTONG_THREAD_H

#include <pthread.h>

// Starts a thread that is to be joined or detached: with a small stack, and every signal blocked, so that it runs nobody's
// handlers. 0, or -errno (EAGAIN).
int start_thread(pthread_t *thread, void *(*run)(void *), void *data);

#endif
