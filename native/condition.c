// Condition variables in shared memory. The algorithm is include/hutong/condition.h, the very functions that a C program
// uses; here is what an event loop needs of it in pieces: begin a wait, sleep on a waiting thread, end it.
//
// State: per environment, the slots that its thread owns now. A worker that is terminated runs no JavaScript any more, and
// its mappings go before its thread does, so the environment's end gives them back.
#include "../include/hutong/condition.h"
#include "addon.h"
#include "cancel.h"
#include "compat.h"
#include "futex.h"
#include "mutex.h"
#include "program.h"

#include <stdlib.h>

HUTONG_OLD_SYMBOL(pthread_mutex_trylock);
HUTONG_OLD_SYMBOL(pthread_mutexattr_init);
HUTONG_OLD_SYMBOL(pthread_mutexattr_destroy);
HUTONG_OLD_SYMBOL(pthread_mutexattr_setpshared);
HUTONG_SYMBOL(pthread_mutexattr_setrobust, HUTONG_VERSION_2_12);
HUTONG_SYMBOL(pthread_mutex_consistent, HUTONG_VERSION_2_12);

struct claimed {
  struct hutong_condition *condition;
  int slot;
};

struct claims {
  size_t count;
  struct claimed of[HUTONG_CONDITION_MOST];
};

static void end_all(void *data) {
  struct claims *claims = data;
  for (size_t i = 0; i < claims->count; i++) {
    struct claimed *claimed = &claims->of[i];
    if (hutong_condition_end_(claimed->condition, claimed->slot)) hutong_condition_notify(claimed->condition, 1);
  }
  free(claims);
}

// Nobody will lock the caller's mutex, to find out that its owner has died, while everybody sleeps.
static bool owner_died(pthread_mutex_t *mutex) {
  uint32_t word = atomic_load(mutex_word(mutex));
  return (word & FUTEX_OWNER_DIED) != 0 && (word & FUTEX_TID_MASK) == 0;
}

// Sleeps until the slot is notified or the mutex's owner has died: 0. Or -ETIMEDOUT, -ECANCELED.
static long sleep_in(const atomic_int *cancelled, const struct claimed *claimed, pthread_mutex_t *mutex,
                     const struct timespec *deadline) {
  struct hutong_condition_slot *slot = &claimed->condition->slot[claimed->slot];
  while (hutong_condition_state_(slot) == HUTONG_CONDITION_WAITING) {
    int last;
    struct timespec until = hutong_condition_until_(deadline, &last);
    const long call[6] = {(long)&slot->state, FUTEX_WAIT_BITSET, HUTONG_CONDITION_WAITING, (long)&until, 0,
                          FUTEX_BITSET_MATCH_ANY};
    long slept = cancellable_syscall(cancelled, SYS_futex, call);
    if (*cancelled) return -ECANCELED;
    if (slept != -ETIMEDOUT) continue;
    if (last) return -ETIMEDOUT;
    hutong_condition_recover_(claimed->condition);
    if (owner_died(mutex)) return 0;
  }
  return 0;
}

long condition_sleep(const atomic_int *cancelled, const long *arguments) {
  struct claimed claimed = {(struct hutong_condition *)arguments[0], (int)arguments[1]};
  return sleep_in(cancelled, &claimed, (pthread_mutex_t *)arguments[2], NULL);
}

static bool take_condition(napi_env env, napi_value value, struct hutong_condition **out) {
  int64_t address;
  if (!take_int64(env, value, &address, "address")) return false;
  *out = (struct hutong_condition *)(intptr_t)address;
  return true;
}

// A condition and a number that goes with it.
static bool take_pair(napi_env env, napi_value *argv, struct hutong_condition **condition, int64_t *number) {
  return take_condition(env, argv[0], condition) && take_int64(env, argv[1], number, "number");
}

// conditionInitialize(address, waiters): 0 or -EINVAL.
static napi_value hutong_condition_initialize(napi_env env, napi_callback_info info) {
  TAKE(2);
  struct hutong_condition *condition;
  int64_t waiters;
  if (!take_pair(env, argv, &condition, &waiters)) return NULL;
  return give(env, -hutong_condition_init(condition, (uint32_t)waiters));
}

// conditionSlots(address, room): how many may wait, or -EINVAL: there is none that fits.
static napi_value hutong_condition_slots(napi_env env, napi_callback_info info) {
  TAKE(2);
  struct hutong_condition *condition;
  int64_t room;
  if (!take_pair(env, argv, &condition, &room)) return NULL;
  int failed = hutong_condition_check(condition, (size_t)room);
  return give(env, failed != 0 ? -failed : (int64_t)condition->slots);
}

// conditionBegin(address): the slot of a wait that begins, or -EAGAIN. The caller holds the mutex.
static napi_value hutong_condition_begin(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void *data;
  struct hutong_condition *condition;
  napi_get_cb_info(env, info, &argc, argv, NULL, &data);
  struct claims *claims = data;
  if (!take_condition(env, argv[0], &condition)) return NULL;
  if (claims->count == HUTONG_CONDITION_MOST) return give(env, -EAGAIN);
  int slot = hutong_condition_begin_(condition);
  if (slot >= 0) claims->of[claims->count++] = (struct claimed){condition, slot};
  return give(env, slot);
}

// conditionEnd(address, slot): 1 if it was notified. The caller holds the mutex again.
static napi_value hutong_condition_end(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  void *data;
  struct hutong_condition *condition;
  int64_t slot;
  napi_get_cb_info(env, info, &argc, argv, NULL, &data);
  struct claims *claims = data;
  if (!take_pair(env, argv, &condition, &slot)) return NULL;
  for (size_t i = 0; i < claims->count; i++) {
    if (claims->of[i].condition != condition || claims->of[i].slot != slot) continue;
    claims->of[i] = claims->of[--claims->count];
    return give(env, hutong_condition_end_(condition, (int)slot));
  }
  return give(env, -EINVAL);
}

// conditionWithdraw(address, slot): 1 if it had not been notified and cannot be any more, 0 if it has been.
static napi_value hutong_condition_withdraw(napi_env env, napi_callback_info info) {
  TAKE(2);
  struct hutong_condition *condition;
  int64_t slot;
  if (!take_pair(env, argv, &condition, &slot)) return NULL;
  return give(env, hutong_condition_change_(&condition->slot[slot], HUTONG_CONDITION_WAITING, HUTONG_CONDITION_FREE));
}

// conditionSleep(address, slot, mutex, timeout): blocks this thread, at most `timeout` ms (negative: for ever). 0, -ETIMEDOUT.
static napi_value hutong_condition_sleep(napi_env env, napi_callback_info info) {
  TAKE(4);
  static const atomic_int never;
  struct hutong_condition *condition;
  int64_t slot, mutex;
  double timeout;
  if (!take_pair(env, argv, &condition, &slot) || !take_int64(env, argv[2], &mutex, "mutex")) return NULL;
  if (napi_get_value_double(env, argv[3], &timeout) != napi_ok) {
    throw_type(env, "timeout", "a number");
    return NULL;
  }
  struct timespec deadline = futex_deadline(timeout < 0 ? 0 : timeout);
  struct claimed claimed = {condition, (int)slot};
  return give(env, sleep_in(&never, &claimed, (pthread_mutex_t *)(intptr_t)mutex, timeout < 0 ? NULL : &deadline));
}

// conditionNotify(address, count): how many were notified.
static napi_value hutong_condition_notify_some(napi_env env, napi_callback_info info) {
  TAKE(2);
  struct hutong_condition *condition;
  int64_t count;
  if (!take_pair(env, argv, &condition, &count)) return NULL;
  return give(env, hutong_condition_notify(condition, (uint32_t)count));
}

// conditionWaiting(address): how many living threads wait.
static napi_value hutong_condition_count(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct hutong_condition *condition;
  if (!take_condition(env, argv[0], &condition)) return NULL;
  return give(env, hutong_condition_waiting(condition));
}

void init_condition(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"conditionInitialize", hutong_condition_initialize}, {"conditionSlots", hutong_condition_slots},
      {"conditionWithdraw", hutong_condition_withdraw},     {"conditionSleep", hutong_condition_sleep},
      {"conditionNotify", hutong_condition_notify_some},    {"conditionWaiting", hutong_condition_count},
  };
  struct claims *claims = calloc(1, sizeof *claims);
  if (claims == NULL || napi_add_env_cleanup_hook(env, end_all, claims) != napi_ok) {
    free(claims);
    napi_throw_error(env, NULL, "out of memory while loading the hutong addon");
    return;
  }
  napi_value begin = NULL, end = NULL;
  napi_create_function(env, "conditionBegin", NAPI_AUTO_LENGTH, hutong_condition_begin, claims, &begin);
  napi_create_function(env, "conditionEnd", NAPI_AUTO_LENGTH, hutong_condition_end, claims, &end);
  define_value(env, exports, "conditionBegin", begin);
  define_value(env, exports, "conditionEnd", end);
  napi_value sizes[] = {give(env, sizeof(struct hutong_condition)), give(env, sizeof(struct hutong_condition_slot)),
                        give(env, HUTONG_CONDITION_MOST)};
  napi_value list = NULL;
  napi_create_array_with_length(env, COUNT(sizes), &list);
  for (uint32_t i = 0; i < COUNT(sizes); i++) napi_set_element(env, list, i, sizes[i]);
  define_value(env, exports, "conditionSizes", list);
  define(env, exports, functions, COUNT(functions));
}
