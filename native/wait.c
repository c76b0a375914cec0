// The threads on which calls without a pollable descriptor wait: one raw system call per thread, cancellable.
#include "wait.h"
#include "cancel.h"
#include "compat.h"
#include "owed.h"
#include "program.h"
#include "thread.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

HUTONG_OLD_SYMBOL(pthread_detach);
HUTONG_OLD_SYMBOL(pthread_condattr_init);
HUTONG_SYMBOL(pthread_condattr_setclock, HUTONG_VERSION_2_3_3);

enum { IDLE_THREADS = 4, BILLION = 1000 * 1000 * 1000 };

void prepare_waiters(struct waiters *waiters) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&waiters->lock, NULL);
  pthread_cond_init(&waiters->work, &attributes);
  pthread_cond_init(&waiters->left, NULL);
}

void put_call(struct call **list, struct call *call) {
  call->next = *list;
  call->link = list;
  if (call->next != NULL) call->next->link = &call->next;
  *list = call;
}

void take_out_call(struct call *call) {
  *call->link = call->next;
  if (call->next != NULL) call->next->link = call->link;
}

void free_call(struct call *call) {
  for (int i = 0; i < ARGUMENTS; i++) free(call->owned[i]);
  free(call);
}

// An opened descriptor, or what a program took, that nobody will ever hear of.
void discard_outcome(struct call *call) {
  if (call->outcome < 0) return;
  if (call->number == SYS_openat) close((int)call->outcome);
  if (call->number < 0) undo_program(call->number, call->arguments);
}

static bool runs_program(const struct waiters *waiters) {
  for (const struct call *call = waiters->running; call != NULL; call = call->next)
    if (call->number < 0) return true;
  return false;
}

void join_programs(struct waiters *waiters) {
  while (runs_program(waiters)) pthread_cond_wait(&waiters->left, &waiters->lock);
}

// With the lock held; releases it.
void drop_owner(struct waiters *waiters) {
  bool last = --waiters->owners == 0;
  pthread_mutex_unlock(&waiters->lock);
  if (!last) return;
  pthread_mutex_destroy(&waiters->lock);
  pthread_cond_destroy(&waiters->work);
  pthread_cond_destroy(&waiters->left);
  free(waiters);
}

static void run(struct call *call) {
  do { // repeated when stopped and continued, by a debugger, or by a signal that was meant for this thread's last call
    call->outcome = call->number < 0 ? run_program(call->number, &call->cancelled, call->arguments)
                                     : cancellable_syscall(&call->cancelled, call->number, call->arguments);
  } while ((call->outcome == -EINTR || call->outcome == -ECANCELED) && !call->cancelled);
  if (call->outcome == -EINTR) call->outcome = -ECANCELED;
}

// With the lock held. A wake-up that JavaScript's thread, busy with something else, does not make good is passed on.
static void sleep_until_work(struct waiters *waiters) {
  if (!owes()) {
    pthread_cond_wait(&waiters->work, &waiters->lock);
    return;
  }
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += OWED_NANOSECONDS;
  until.tv_sec += until.tv_nsec / BILLION;
  until.tv_nsec %= BILLION;
  if (pthread_cond_timedwait(&waiters->work, &waiters->lock, &until) == ETIMEDOUT) pay();
}

// Takes calls until there is none left and enough others sleep.
static void *wait_in_thread(void *data) {
  struct waiters *waiters = data;
  listen_for_cancel(NULL);
  pthread_mutex_lock(&waiters->lock);
  for (;;) {
    struct call *call = waiters->queued;
    if (call == NULL) {
      if (waiters->ending || waiters->idle >= IDLE_THREADS) break;
      waiters->idle++;
      sleep_until_work(waiters);
      waiters->idle--;
      continue;
    }
    take_out_call(call);
    waiters->queue_length--;
    put_call(&waiters->running, call);
    call->tid = (int)syscall(SYS_gettid);
    pthread_mutex_unlock(&waiters->lock);
    if (call->number != PROGRAM_LOCK) pay();
    run(call);
    pthread_mutex_lock(&waiters->lock);
    take_out_call(call);
    call->finished = true;
    pthread_cond_broadcast(&waiters->left);
    if (waiters->ending) {
      discard_outcome(call);
      free_call(call);
    } else {
      put_call(&waiters->done, call);
      uv_async_send(waiters->async);
    }
  }
  drop_owner(waiters);
  pay_and_leave();
  return NULL;
}

// With the lock held.
static int start_waiter(struct waiters *waiters) {
  pthread_t thread;
  int failed = start_thread(&thread, wait_in_thread, waiters);
  if (failed != 0) return failed;
  pthread_detach(thread);
  waiters->owners++;
  return 0;
}

int queue_call(struct waiters *waiters, struct call *call) {
  int failed = 0;
  pthread_mutex_lock(&waiters->lock);
  if (waiters->idle > waiters->queue_length) pthread_cond_signal(&waiters->work);
  else failed = start_waiter(waiters);
  if (failed == 0) {
    put_call(&waiters->queued, call);
    waiters->queue_length++;
  }
  pthread_mutex_unlock(&waiters->lock);
  return failed;
}

void cancel_call(struct call *call) {
  if (call->finished) return;
  call->cancelled = 1; // one that is still queued then never enters the kernel
  if (call->tid != 0) interrupt_thread(call->tid);
}
