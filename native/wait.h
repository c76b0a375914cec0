// Calls waiting on threads of our own: what wait.c (the threads) and waitcall.c (JavaScript's side) share.
//
// State: per environment, three lists of calls and up to IDLE_THREADS sleeping threads. Threads are detached and share
// ownership of that state, because an environment does not wait for them when it ends.
#ifndef HUTONG_WAIT_H
#define HUTONG_WAIT_H

#include "addon.h"
#include "uv.h"

#include <pthread.h>
#include <stdatomic.h>

enum { ARGUMENTS = 6 };
// What JavaScript holds of a call: outlives it, so that a late cancel finds NULL. JavaScript's thread only.
struct ticket {
  struct call *call;
};

struct call {
  struct call *next, **link; // in exactly one of the lists below
  atomic_int cancelled;
  int tid;       // 0 until a thread has taken it
  bool finished; // the outcome stands
  long number, arguments[ARGUMENTS], outcome; // number: a system call's, or negative: see program.h
  void *owned[ARGUMENTS]; // private copies behind the arguments
  int out_index;          // -1: none
  size_t out_size;
  struct ticket *ticket;
  napi_ref callback;
  bool keep_alive;
};

struct waiters {
  pthread_mutex_t lock;
  pthread_cond_t work, left; // there is a call to make; a call has finished
  struct call *queued, *running, *done;
  size_t queue_length, idle, owners; // owners: the environment and every live thread
  bool ending;
  napi_env env;
  uv_handle_t *async;
  size_t keeping; // calls that keep the event loop alive
  napi_async_cleanup_hook_handle hook;
};

// Its lock and its conditions.
void prepare_waiters(struct waiters *waiters);
void put_call(struct call **list, struct call *call);
void take_out_call(struct call *call);
void free_call(struct call *call);
void discard_outcome(struct call *call);

// Queues a call and sees to a thread for it: 0, or -errno when there can be none.
int queue_call(struct waiters *waiters, struct call *call);
// Makes it end with -ECANCELED unless it has taken effect. With the lock held.
void cancel_call(struct call *call);
// Waits until no running call is a program, which touches memory that may go away now. They are cancelled; lock held.
void join_programs(struct waiters *waiters);
// The call of a ticket, or NULL: it has been delivered, or an exception is pending.
struct call *call_of(napi_env env, napi_value ticket);
// Tells the threads to go, with the lock held, and releases it; they free the state when the last has left.
void drop_owner(struct waiters *waiters);

#endif
