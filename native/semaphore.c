// glibc's sem_t, at an address in mapped memory: what sem_wait(3), sem_trywait(3) and sem_post(3) do with it.
//
// On the other side of these atomics are those of any process. The 64-bit word holds the value in its low half, which is the
// futex, and the number of waiters in its high half: sem_post makes a system call only if that is not 0. So a waiter counts
// itself first and looks at the value then; whoever posts raises the value and looks for waiters in one step.
//
// State: a block of memory per thread, as in quick.c: JavaScript writes the address there and reads the result. Between two
// processes that wait for each other, each argument that Node marshals can be measured.
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
enum { EVERY_PROCESS = 128 }; // in the word after those two, as sem_open(3) and sem_init(3) with `pshared` write it

// Takes a unit if there is one, and leaves the `waiters`, in one step.
static bool take(semaphore *word, uint64_t waiters) {
  uint64_t seen = atomic_load(word);
  while ((uint32_t)seen != 0)
    if (atomic_compare_exchange_weak(word, &seen, seen - 1 - waiters)) return true;
  return false;
}

long semaphore_wait(const atomic_int *cancelled, void *memory, const struct timespec *deadline) {
  semaphore *word = memory;
  const long call[6] = {(long)word, FUTEX_WAIT_BITSET, 0, (long)deadline, 0, FUTEX_BITSET_MATCH_ANY};
  atomic_fetch_add(word, WAITER);
  for (;;) {
    // A unit that is there is taken even when this is cancelled: the wake-up for it may have been ours.
    if (take(word, WAITER)) return 0;
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

struct block {
  uint64_t address;
  double timeout; // ms; negative: for ever
  int32_t result, unused;
};
static _Thread_local struct block block;

static inline semaphore *target(void) { return (semaphore *)(uintptr_t)block.address; }

// A file that somebody truncated reads as zeros.
static inline bool is_semaphore(const semaphore *word) { return ((const int32_t *)(const void *)word)[2] == EVERY_PROCESS; }

static int post(semaphore *word) {
  uint64_t seen = atomic_load(word);
  do {
    if (!is_semaphore(word)) return -EINVAL;
    if ((uint32_t)seen >= INT32_MAX) return -EOVERFLOW;
  } while (!atomic_compare_exchange_weak(word, &seen, seen + 1));
  if (seen >= WAITER) raw_syscall3(SYS_futex, (long)word, FUTEX_WAKE, 1);
  return 0;
}

static int try_wait(semaphore *word) {
  if (!is_semaphore(word)) return -EINVAL;
  return take(word, 0) ? 0 : -EAGAIN;
}

static int wait_until(semaphore *word, double timeout) {
  static const atomic_int never;
  int outcome = try_wait(word);
  if (outcome != -EAGAIN || timeout == 0) return outcome == -EAGAIN ? -ETIMEDOUT : outcome;
  struct timespec deadline;
  if (timeout > 0) deadline = futex_deadline(timeout);
  return (int)semaphore_wait(&never, word, timeout > 0 ? &deadline : NULL);
}

static napi_value hutong_semaphore_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

// 0, -EOVERFLOW, or -EINVAL: it is no semaphore any more.
static napi_value hutong_semaphore_post(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = post(target());
  return NULL;
}

// 0, -EAGAIN, or -EINVAL.
static napi_value hutong_semaphore_try(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = try_wait(target());
  return NULL;
}

// Blocks this thread until the timeout: 0, -ETIMEDOUT, or -EINVAL.
static napi_value hutong_semaphore_wait(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = wait_until(target(), block.timeout);
  return NULL;
}

void init_semaphore(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"semBlock", hutong_semaphore_block},
      {"semPost", hutong_semaphore_post},
      {"semTrywait", hutong_semaphore_try},
      {"semTimedwait", hutong_semaphore_wait},
  };
  define(env, exports, functions, COUNT(functions));
}
