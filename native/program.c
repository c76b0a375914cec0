// The programs of waiting threads, by number, and waitJoin().
#include "program.h"
#include "owed.h"
#include "wait.h"

long run_program(long number, const atomic_int *cancelled, const long *arguments) {
  switch (number) {
  case PROGRAM_SEMAPHORE: return semaphore_wait(cancelled, (void *)arguments[0], NULL);
  case PROGRAM_LOCK: return lock_sleep(cancelled, (_Atomic uint32_t *)arguments[0], (uint32_t)arguments[1]);
  case PROGRAM_CONDITION: return condition_sleep(cancelled, arguments);
  default: return -ENOSYS;
  }
}

void undo_program(long number, const long *arguments) {
  if (number == PROGRAM_SEMAPHORE) semaphore_post((void *)arguments[0]);
  if (number == PROGRAM_LOCK) lock_pass_on((_Atomic uint32_t *)arguments[0]);
}

// waitJoin(ticket): blocks this thread until a call that was cancelled touches nothing any more, some microseconds. Its
// callback still comes, from the event loop.
static napi_value hutong_wait_join(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct waiters *waiters = instance_of(env)->waiters;
  struct call *call = call_of(env, argv[0]);
  if (call == NULL) return NULL;
  pthread_mutex_lock(&waiters->lock);
  while (call->cancelled && !call->finished) pthread_cond_wait(&waiters->left, &waiters->lock);
  pthread_mutex_unlock(&waiters->lock);
  return NULL;
}

void init_program(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"waitJoin", hutong_wait_join}};
  define(env, exports, functions, COUNT(functions));
}
