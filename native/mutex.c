// Robust process-shared mutexes of the running libc, pthread_mutex_t, at an address in mapped memory.
//
// The owner is the thread that asks, which is JavaScript's: nothing here sleeps but mutexLock(), which blocks it. For the
// others src/kernel/lock waits with FUTEX_WAIT on the lock's word, on a waiting thread, and then asks again. Such a sleeper
// must look to libc like one of its own: FUTEX_WAITERS stands in the word while it sleeps, and again once it has the lock,
// because others may sleep on, of whom a plain trylock knows nothing.
//
// State: a block of memory per thread, as in quick.c: JavaScript writes the address there and reads the result.
#include "mutex.h"
#include "addon.h"
#include "compat.h"
#include "futex.h"
#include "owed.h"
#include "raw.h"

#include <linux/futex.h>
#include <time.h>
#include <unistd.h>

HUTONG_OLD_SYMBOL(pthread_mutex_trylock);
HUTONG_OLD_SYMBOL(pthread_mutexattr_init);
HUTONG_OLD_SYMBOL(pthread_mutexattr_setpshared);
HUTONG_OLD_SYMBOL(pthread_mutexattr_settype);
HUTONG_SYMBOL(pthread_mutexattr_setrobust, HUTONG_VERSION_2_12);
HUTONG_SYMBOL(pthread_mutex_consistent, HUTONG_VERSION_2_12);

enum { THOUSAND = 1000 };

struct block {
  uint64_t address;
  int32_t result;
  uint32_t word;  // what to sleep on after -EBUSY
  uint32_t slept; // whether this attempt follows a sleep; of mutexInitialize: whether it is to check for errors
  uint32_t unused;
};
static _Thread_local struct block block;
static _Thread_local uint32_t own_tid;

static uint32_t thread_id(void) {
  if (own_tid == 0) own_tid = (uint32_t)syscall(SYS_gettid);
  return own_tid;
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value, const struct timespec *timeout) {
  return result(syscall(SYS_futex, word, operation, value, timeout, NULL, FUTEX_BITSET_MATCH_ANY));
}

// pthread_mutex_trylock: 0, -EOWNERDEAD (both: locked), -EBUSY, -ENOTRECOVERABLE, or -EINVAL if its bytes have become
// something else, because the object was truncated or overwritten.
static int try_lock(pthread_mutex_t *mutex) {
  if (mutex_kind(mutex) != MUTEX_OURS) return -EINVAL;
  if (mutex_is_lost(mutex)) return -ENOTRECOVERABLE;
  int failed = pthread_mutex_trylock(mutex);
  if (failed != ENOTRECOVERABLE) return -(failed == EDEADLK ? EBUSY : failed);
  // glibc leaves its own id in the word then, on which the next one who calls pthread_mutex_lock would sleep for ever.
  uint32_t mine = thread_id();
  _Atomic uint32_t *word = mutex_word(mutex);
  if (atomic_compare_exchange_strong(word, &mine, 0)) futex(word, FUTEX_WAKE, INT32_MAX, NULL);
  return -ENOTRECOVERABLE;
}

// As try_lock. After -EBUSY, `*asleep` is the value to sleep on, in which FUTEX_WAITERS is set.
static int contend(pthread_mutex_t *mutex, bool slept, uint32_t *asleep) {
  _Atomic uint32_t *word = mutex_word(mutex);
  for (;;) {
    int outcome = try_lock(mutex);
    if ((outcome == 0 || outcome == -EOWNERDEAD) && slept) atomic_fetch_or(word, FUTEX_WAITERS);
    if (outcome != -EBUSY) return outcome;
    uint32_t seen = atomic_load(word);
    if ((seen & FUTEX_TID_MASK) == 0) continue; // free again
    *asleep = seen | FUTEX_WAITERS;
    if (seen == *asleep || atomic_compare_exchange_strong(word, &seen, *asleep)) return -EBUSY;
  }
}

// As libc does while it locks: if this thread is killed when it has been woken and before it has the lock, the kernel wakes
// another (see owed.c). libc's trylock takes the note away again.
static void note_pending(pthread_mutex_t *mutex) {
  struct robust_list_head *head = robust_head();
  if (head == NULL) return;
  head->list_op_pending = mutex == NULL ? NULL : (void *)((char *)mutex_word(mutex) - head->futex_offset);
}

static bool before(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

// Sleeps a second at a time: a thread that was killed may have taken a wake-up with it all the same.
static int sleep_and_lock(pthread_mutex_t *mutex, const struct timespec *deadline) {
  for (bool slept = false;; slept = true) {
    uint32_t asleep = 0;
    int outcome = contend(mutex, slept, &asleep);
    if (outcome != -EBUSY) return outcome;
    if ((asleep & FUTEX_TID_MASK) == thread_id()) return -EDEADLK;
    struct timespec next = futex_deadline(THOUSAND);
    bool last = deadline != NULL && before(deadline, &next);
    note_pending(mutex);
    long woken = futex(mutex_word(mutex), FUTEX_WAIT_BITSET, asleep, last ? deadline : &next);
    if (last && woken == -ETIMEDOUT) return -ETIMEDOUT;
  }
}

// Blocks this thread; a negative timeout is none.
static int lock_until(pthread_mutex_t *mutex, double timeout) {
  struct timespec deadline = {0};
  if (timeout >= 0) deadline = futex_deadline(timeout);
  int outcome = sleep_and_lock(mutex, timeout >= 0 ? &deadline : NULL);
  note_pending(NULL);
  return outcome;
}

static inline pthread_mutex_t *target(void) { return (pthread_mutex_t *)(uintptr_t)block.address; }

static napi_value hutong_mutex_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

static napi_value hutong_mutex_try(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = try_lock(target());
  return NULL;
}

static napi_value hutong_mutex_contend(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = contend(target(), block.slept != 0, &block.word);
  return NULL;
}

// -EPERM: this thread does not hold it.
static napi_value hutong_mutex_unlock(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = mutex_kind(target()) == MUTEX_OURS ? -pthread_mutex_unlock(target()) : -EINVAL;
  return NULL;
}

// -EINVAL: it is not inconsistent.
static napi_value hutong_mutex_consistent(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = mutex_kind(target()) == MUTEX_OURS ? -pthread_mutex_consistent(target()) : -EINVAL;
  return NULL;
}

// mutexLock(timeout): blocks for at most `timeout` ms, negative: for ever. -ETIMEDOUT, -EDEADLK, or as try_lock.
static napi_value hutong_mutex_lock(napi_env env, napi_callback_info info) {
  TAKE(1);
  double timeout;
  if (napi_get_value_double(env, argv[0], &timeout) == napi_ok) block.result = lock_until(target(), timeout);
  else throw_type(env, "timeout", "a number");
  return NULL;
}

// Makes a new one of whatever lies there; -EBUSY if this thread holds it.
static napi_value hutong_mutex_initialize(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  pthread_mutexattr_t attributes;
  pthread_mutex_t *mutex = target();
  block.result = -EBUSY;
  if (mutex_kind(mutex) == MUTEX_OURS && (atomic_load(mutex_word(mutex)) & FUTEX_TID_MASK) == thread_id()) return NULL;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  if (block.slept != 0) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  block.result = -pthread_mutex_init(mutex, &attributes);
  return NULL;
}

// What lies there: see enum mutex_kind.
static napi_value hutong_mutex_kind(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = mutex_kind(target());
  return NULL;
}

// Whether this thread holds it, for a lock that is made of several.
static napi_value hutong_mutex_own(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = (atomic_load(mutex_word(target())) & FUTEX_TID_MASK) == thread_id();
  return NULL;
}

void init_mutex(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"mutexBlock", hutong_mutex_block},     {"mutexTry", hutong_mutex_try},
      {"mutexContend", hutong_mutex_contend}, {"mutexUnlock", hutong_mutex_unlock},
      {"mutexLock", hutong_mutex_lock},       {"mutexConsistent", hutong_mutex_consistent},
      {"mutexKind", hutong_mutex_kind},       {"mutexInitialize", hutong_mutex_initialize},
      {"mutexOwn", hutong_mutex_own},
  };
  define_value(env, exports, "mutexSize", give(env, sizeof(pthread_mutex_t)));
  define_value(env, exports, "mutexAlignment", give(env, _Alignof(pthread_mutex_t)));
  define_value(env, exports, "mutexWordOffset", give(env, MUTEX_WORD_OFFSET));
  define(env, exports, functions, COUNT(functions));
}
