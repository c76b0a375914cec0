/* A read-write lock in shared memory that survives the death of its holders: the C side of hutong's RwLock.
 *
 * Many readers or one writer. A reader that dies is forgotten. A writer that dies leaves the data half written: who locks
 * next gets EOWNERDEAD (and has the lock), until a writer that has repaired the data calls hutong_rwlock_consistent. A
 * writer that unlocks without it makes the lock unusable: ENOTRECOVERABLE.
 *
 *   struct hutong_rwlock *lock = address;               // in memory that all map, 8-byte aligned
 *   hutong_rwlock_init(lock, 32);                       // once, hutong_rwlock_size(32) bytes
 *
 *   uint32_t slot;
 *   int error = hutong_rwlock_read(lock, &slot);        // 0 or EOWNERDEAD: locked
 *   hutong_rwlock_read_unlock(lock, slot);              // by the thread that locked
 *
 *   error = hutong_rwlock_write(lock);
 *   hutong_rwlock_write_unlock(lock);
 *
 * All functions give 0 or an error number: EBUSY (try), EDEADLK (this thread holds it), ENOTRECOVERABLE, EINVAL (no such
 * lock, or of another libc). Link with -pthread. C11; little-endian Linux, 64 bits. */
#ifndef HUTONG_RWLOCK_H
#define HUTONG_RWLOCK_H

#include "robust-mutex.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define HUTONG_RWLOCK_MAGIC 0x4c575248u
#define HUTONG_RWLOCK_VERSION 1u
#define HUTONG_RWLOCK_MOST_READERS 4096u

enum hutong_rwlock_state {
  HUTONG_RWLOCK_CLEAN,
  HUTONG_RWLOCK_WRITING, /* a writer is at work: if the gate's holder died, it left the data half written */
  HUTONG_RWLOCK_DIED,    /* a writer died, and nobody has repaired yet */
  HUTONG_RWLOCK_LOST     /* nobody has */
};

struct hutong_rwlock_mutex {
  pthread_mutex_t mutex;
  char unused[64 - sizeof(pthread_mutex_t)];
};

struct hutong_rwlock {
  _Atomic uint32_t magic;
  uint16_t version, mutex_size;
  uint32_t readers;
  _Atomic uint32_t state;
  char unused[48];
  struct hutong_rwlock_mutex gate;    /* who wants the lock passes it; a writer keeps it */
  struct hutong_rwlock_mutex slots[]; /* a reader holds one, a writer all */
};

static inline size_t hutong_rwlock_size(uint32_t readers) {
  return sizeof(struct hutong_rwlock) + readers * sizeof(struct hutong_rwlock_mutex);
}

static inline int hutong_rwlock_init(struct hutong_rwlock *lock, uint32_t readers) {
  pthread_mutexattr_t attributes;
  if (readers == 0 || readers > HUTONG_RWLOCK_MOST_READERS) return EINVAL;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  atomic_store(&lock->magic, 0);
  int error = pthread_mutex_init(&lock->gate.mutex, &attributes);
  for (uint32_t i = 0; i < readers && error == 0; i++) error = pthread_mutex_init(&lock->slots[i].mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  if (error != 0) return error;
  lock->version = HUTONG_RWLOCK_VERSION;
  lock->mutex_size = sizeof(pthread_mutex_t);
  lock->readers = readers;
  atomic_store(&lock->state, HUTONG_RWLOCK_CLEAN);
  atomic_store(&lock->magic, HUTONG_RWLOCK_MAGIC);
  return 0;
}

/* Whether `bytes` bytes at `lock` hold one that this program can use: 0 or EINVAL. */
static inline int hutong_rwlock_check(const struct hutong_rwlock *lock, size_t bytes) {
  if (bytes < sizeof *lock || atomic_load(&lock->magic) != HUTONG_RWLOCK_MAGIC) return EINVAL;
  if (lock->version != HUTONG_RWLOCK_VERSION || lock->mutex_size != sizeof(pthread_mutex_t)) return EINVAL;
  if (lock->readers == 0 || lock->readers > HUTONG_RWLOCK_MOST_READERS) return EINVAL;
  return bytes < hutong_rwlock_size(lock->readers) ? EINVAL : 0;
}

/* A slot says nothing about the data: a reader changed none, and of a writer the gate tells. */
static inline int hutong_rwlock_repaired(pthread_mutex_t *slot, int error) {
  return error == EOWNERDEAD ? pthread_mutex_consistent(slot) : error;
}

/* Locks the gate. */
static inline int hutong_rwlock_enter(struct hutong_rwlock *lock, int wait) {
  int error = wait ? hutong_robust_lock(&lock->gate.mutex) : pthread_mutex_trylock(&lock->gate.mutex);
  if (error == EOWNERDEAD) {
    uint32_t writing = HUTONG_RWLOCK_WRITING;
    atomic_compare_exchange_strong(&lock->state, &writing, HUTONG_RWLOCK_DIED);
    error = pthread_mutex_consistent(&lock->gate.mutex);
  }
  if (error == EDEADLK && !wait) return EBUSY;
  if (error != 0 || atomic_load(&lock->state) != HUTONG_RWLOCK_LOST) return error;
  pthread_mutex_unlock(&lock->gate.mutex);
  return ENOTRECOVERABLE;
}

static inline int hutong_rwlock_told(struct hutong_rwlock *lock) {
  return atomic_load(&lock->state) == HUTONG_RWLOCK_DIED ? EOWNERDEAD : 0;
}

static inline int hutong_rwlock_read_with(struct hutong_rwlock *lock, uint32_t *slot, int wait) {
  *slot = 0;
  int error = hutong_rwlock_enter(lock, wait);
  if (error != 0) return error;
  error = EBUSY;
  for (uint32_t i = 0; i < lock->readers && error != 0; i++) {
    pthread_mutex_t *mutex = &lock->slots[*slot = i].mutex;
    error = hutong_rwlock_repaired(mutex, pthread_mutex_trylock(mutex));
  }
  if (error != 0 && wait) { /* all are taken: the gate stays shut until one is free */
    pthread_mutex_t *mutex = &lock->slots[*slot = 0].mutex;
    error = hutong_rwlock_repaired(mutex, hutong_robust_lock(mutex));
  }
  if (error == 0) error = hutong_rwlock_told(lock);
  pthread_mutex_unlock(&lock->gate.mutex);
  return error;
}

static inline int hutong_rwlock_read(struct hutong_rwlock *lock, uint32_t *slot) {
  return hutong_rwlock_read_with(lock, slot, 1);
}

static inline int hutong_rwlock_try_read(struct hutong_rwlock *lock, uint32_t *slot) {
  int error = hutong_rwlock_read_with(lock, slot, 0);
  return error == EDEADLK ? EBUSY : error;
}

static inline int hutong_rwlock_read_unlock(struct hutong_rwlock *lock, uint32_t slot) {
  return slot < lock->readers ? pthread_mutex_unlock(&lock->slots[slot].mutex) : EINVAL;
}

static inline int hutong_rwlock_write_with(struct hutong_rwlock *lock, int wait) {
  int error = hutong_rwlock_enter(lock, wait);
  if (error != 0) return error;
  uint32_t taken = 0;
  while (taken < lock->readers && error == 0) {
    pthread_mutex_t *mutex = &lock->slots[taken].mutex;
    error = hutong_rwlock_repaired(mutex, wait ? hutong_robust_lock(mutex) : pthread_mutex_trylock(mutex));
    if (error == 0) taken++;
  }
  if (error != 0) {
    while (taken > 0) pthread_mutex_unlock(&lock->slots[--taken].mutex);
    pthread_mutex_unlock(&lock->gate.mutex);
    return error;
  }
  uint32_t clean = HUTONG_RWLOCK_CLEAN;
  atomic_compare_exchange_strong(&lock->state, &clean, HUTONG_RWLOCK_WRITING);
  return hutong_rwlock_told(lock);
}

static inline int hutong_rwlock_write(struct hutong_rwlock *lock) { return hutong_rwlock_write_with(lock, 1); }

static inline int hutong_rwlock_try_write(struct hutong_rwlock *lock) {
  int error = hutong_rwlock_write_with(lock, 0);
  return error == EDEADLK ? EBUSY : error;
}

/* The data is whole again. Only for who holds it for writing. */
static inline int hutong_rwlock_consistent(struct hutong_rwlock *lock) {
  uint32_t died = HUTONG_RWLOCK_DIED;
  return atomic_compare_exchange_strong(&lock->state, &died, HUTONG_RWLOCK_WRITING) ? 0 : EINVAL;
}

static inline int hutong_rwlock_write_unlock(struct hutong_rwlock *lock) {
  uint32_t writing = HUTONG_RWLOCK_WRITING;
  if (!atomic_compare_exchange_strong(&lock->state, &writing, HUTONG_RWLOCK_CLEAN))
    atomic_store(&lock->state, HUTONG_RWLOCK_LOST);
  for (uint32_t i = lock->readers; i > 0; i--) pthread_mutex_unlock(&lock->slots[i - 1].mutex);
  return pthread_mutex_unlock(&lock->gate.mutex);
}

#endif
