// See thread.h.
#include "thread.h"
#include "compat.h"

#include <signal.h>

HUTONG_OLD_SYMBOL(pthread_create);
HUTONG_OLD_SYMBOL(pthread_attr_setstacksize);
HUTONG_OLD_SYMBOL(pthread_sigmask);

enum { STACK_BYTES = 64 * 1024 };

int start_thread(pthread_t *thread, void *(*run)(void *), void *data) {
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
#ifndef HUTONG_SANITIZED
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
#endif
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // the thread is born with it
  int failed = pthread_create(thread, &attributes, run, data);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return -failed;
}
