// Waiting for glibc's sem_t: the slow half of sem_wait(3), in a waiting thread or this one. The fast halves are TypeScript
// (src/kernel/posix/semaphore-word.ts).
//
// On the other side of these atomics are sem_wait and sem_post of any process. The 64-bit word holds the value in its low
// half, which is the futex, and the number of waiters in its high half: sem_post makes a system call only if that is not 0.
// So a waiter counts itself first and looks at the value then; whoever posts raises the value first and looks for waiters
// then; one of the two sees the other.
#include "addon.h"
#include "cancel.h"
#include "compat.h"
#include "futex.h"
#include "program.h"
#include "raw.h"

#include <linux/futex.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || __SIZEOF_POINTER__ != 8
#error "this knows sem_t of 64-bit little-endian glibc only"
#endif

typedef _Atomic uint64_t semaphore;
static const uint64_t WAITER = (uint64_t)1 << 32;

// Takes a unit if there is one, and leaves the waiters, in one step.
static bool take(semaphore *word) {
  uint64_t seen = atomic_load(word);
  while ((uint32_t)seen != 0)
    if (atomic_compare_exchange_weak(word, &seen, seen - 1 - WAITER)) return true;
  return false;
}

long semaphore_wait(const atomic_int *cancelled, void *memory, const struct timespec *deadline) {
  semaphore *word = memory;
  const long call[6] = {(long)word, FUTEX_WAIT_BITSET, 0, (long)deadline, 0, FUTEX_BITSET_MATCH_ANY};
  atomic_fetch_add(word, WAITER);
  for (;;) {
    // A unit that is there is taken even when this is cancelled: the wake-up for it may have been ours.
    if (take(word)) return 0;
    long outcome = cancellable_syscall(cancelled, SYS_futex, call);
    bool again = outcome == 0 || outcome == -EAGAIN || outcome == -EINTR || (outcome == -ECANCELED && !*cancelled);
    if (again) continue;
    atomic_fetch_sub(word, WAITER);
    return outcome;
  }
}

void semaphore_post(void *memory) {
  semaphore *word = memory;
  uint64_t before = atomic_fetch_add(word, 1);
  if (before >= WAITER) raw_syscall3(SYS_futex, (long)word, FUTEX_WAKE, 1);
}

// semaphoreWait(address, timeout): blocks this thread, at most `timeout` ms (negative: for ever). 0 or -ETIMEDOUT.
static napi_value hutong_semaphore_wait(napi_env env, napi_callback_info info) {
  TAKE(2);
  static const atomic_int never;
  int64_t address;
  double timeout;
  if (!take_int64(env, argv[0], &address, "address")) return NULL;
  if (napi_get_value_double(env, argv[1], &timeout) != napi_ok) {
    throw_type(env, "timeout", "a number");
    return NULL;
  }
  struct timespec deadline;
  if (timeout >= 0) deadline = futex_deadline(timeout);
  return give(env, semaphore_wait(&never, (void *)(intptr_t)address, timeout >= 0 ? &deadline : NULL));
}

void init_semaphore(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"semaphoreWait", hutong_semaphore_wait}};
  define(env, exports, functions, COUNT(functions));
}
