// What this libc's pthread_mutex_t looks like inside, as far as we must know: the word that the kernel knows too, which
// holds the owner's thread id, FUTEX_WAITERS and FUTEX_OWNER_DIED; and its kind.
#ifndef HUTONG_MUTEX_H
#define HUTONG_MUTEX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum mutex_kind {
  MUTEX_OURS,                // PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED, of this libc
  MUTEX_NONE,                // no mutex of this libc, or one that is neither robust nor shared: such are all zeros
  MUTEX_NOT_ROBUST,          // shared
  MUTEX_NOT_SHARED,          // robust
  MUTEX_RECURSIVE,           // our handle says who holds it, and would not know how often
  MUTEX_PRIORITY_INHERITING, // waited for in another way
};

#ifdef __GLIBC__

// The same on all its 64-bit architectures since 2.5: __lock, __count, __owner, __nusers, __kind.
enum { MUTEX_WORD_OFFSET = 0, KIND_ROBUST = 16, KIND_INHERIT = 32, KIND_PROTECT = 64, KIND_SHARED = 128 };
enum { KIND_RECURSIVE = 1, KIND_ALL = 255, OWNER_NOT_RECOVERABLE = INT32_MAX - 1 };

static inline enum mutex_kind mutex_kind(const pthread_mutex_t *mutex) {
  int kind = mutex->__data.__kind;
  if (kind == (KIND_ROBUST | KIND_SHARED)) return MUTEX_OURS;
  if ((kind & ~KIND_ALL) != 0 || (kind & (KIND_ROBUST | KIND_SHARED)) == 0) return MUTEX_NONE;
  if ((kind & KIND_ROBUST) == 0) return MUTEX_NOT_ROBUST;
  if ((kind & KIND_SHARED) == 0) return MUTEX_NOT_SHARED;
  if ((kind & (KIND_INHERIT | KIND_PROTECT)) != 0) return MUTEX_PRIORITY_INHERITING;
  return (kind & 3) == KIND_RECURSIVE ? MUTEX_RECURSIVE : MUTEX_OURS; // error-checking, adaptive: as we do it anyway
}

static inline bool mutex_is_lost(const pthread_mutex_t *mutex) {
  return mutex->__data.__owner == OWNER_NOT_RECOVERABLE;
}

#else

// musl: type, lock, waiters.
enum { MUTEX_WORD_OFFSET = 4, KIND_ROBUST = 4, KIND_INHERIT = 8, KIND_SHARED = 128 };
enum { KIND_RECURSIVE = 1, KIND_ALL = 143, LOST = 0x3fffffff };

static inline enum mutex_kind mutex_kind(const pthread_mutex_t *mutex) {
  int kind = *(const int *)(const void *)mutex;
  if (kind == (KIND_ROBUST | KIND_SHARED)) return MUTEX_OURS;
  if ((kind & ~KIND_ALL) != 0 || (kind & (KIND_ROBUST | KIND_SHARED)) == 0) return MUTEX_NONE;
  if ((kind & KIND_ROBUST) == 0) return MUTEX_NOT_ROBUST;
  if ((kind & KIND_SHARED) == 0) return MUTEX_NOT_SHARED;
  if ((kind & KIND_INHERIT) != 0) return MUTEX_PRIORITY_INHERITING;
  return (kind & 3) == KIND_RECURSIVE ? MUTEX_RECURSIVE : MUTEX_OURS;
}

static inline bool mutex_is_lost(const pthread_mutex_t *mutex) {
  return (((const uint32_t *)(const void *)mutex)[1] & LOST) == LOST;
}

#endif

static inline _Atomic uint32_t *mutex_word(pthread_mutex_t *mutex) {
  return (_Atomic uint32_t *)(void *)((char *)mutex + MUTEX_WORD_OFFSET);
}

#endif
