// A condition variable in shared memory that survives the death of its waiters. For C and C++, beside hutong's Condition.
//
// It is used with a mutex that is PTHREAD_MUTEX_ROBUST and PTHREAD_PROCESS_SHARED, as pthread_cond_t is; link with -pthread.
// Everything here is for processes that trust each other, use the same libc and see the same thread ids.
//
// Each waiter owns a slot, by holding the slot's own robust mutex `life` for as long as it waits: the kernel marks `life`
// when the waiter's thread dies. A notification is given to a slot: WAITING becomes NOTIFIED, and stays so until the waiter
// holds the caller's mutex again. So a notification that was given to one who died lies in a slot that is NOTIFIED and has
// no living owner, where the next who calls any function here, or sleeps on for HUTONG_CONDITION_SLICE, finds it and gives
// it to another. Nobody waits for the dead, and they are not counted.
#ifndef HUTONG_CONDITION_H
#define HUTONG_CONDITION_H

#include "robust-mutex.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HUTONG_CONDITION_MAGIC 0x31444e43u // "CND1"
#define HUTONG_CONDITION_MOST 2000u        // slots; the kernel looks at 2048 robust mutexes of a thread that dies
#define HUTONG_CONDITION_SLICE 250         // milliseconds

// Tests kill a process here, at each step.
#ifndef HUTONG_CONDITION_STEP
#define HUTONG_CONDITION_STEP(name) ((void)0)
#endif

enum hutong_condition_state { HUTONG_CONDITION_FREE, HUTONG_CONDITION_WAITING, HUTONG_CONDITION_NOTIFIED };

struct hutong_condition_slot {
  pthread_mutex_t life; // held by the thread that waits
  uint32_t state;       // changed by its owner, and by whoever notifies; the futex that the owner sleeps on
  uint32_t ticket;      // in the order in which they came
} __attribute__((aligned(64)));

struct hutong_condition {
  uint32_t magic; // written last
  uint32_t slots;
  uint32_t mutex_size; // sizeof(pthread_mutex_t): another libc's differs
  uint32_t tickets;    // the next one
  uint32_t unused[12];
  struct hutong_condition_slot slot[];
};

// The bytes that a condition with room for `waiters` takes. Its address must be a multiple of 64.
static inline size_t hutong_condition_size(uint32_t waiters) {
  return sizeof(struct hutong_condition) + waiters * sizeof(struct hutong_condition_slot);
}

// Makes one of whatever lies there, once, before anybody uses it. 0, or EINVAL: 1 to HUTONG_CONDITION_MOST waiters.
static inline int hutong_condition_init(struct hutong_condition *condition, uint32_t waiters) {
  pthread_mutexattr_t robust;
  int failed = 0;
  if (waiters < 1 || waiters > HUTONG_CONDITION_MOST) return EINVAL;
  memset(condition, 0, hutong_condition_size(waiters));
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  for (uint32_t i = 0; i < waiters && failed == 0; i++) failed = pthread_mutex_init(&condition->slot[i].life, &robust);
  pthread_mutexattr_destroy(&robust);
  if (failed != 0) return failed;
  condition->slots = waiters;
  condition->mutex_size = sizeof(pthread_mutex_t);
  __atomic_store_n(&condition->magic, HUTONG_CONDITION_MAGIC, __ATOMIC_RELEASE);
  return 0;
}

// 0 if there is one that fits into `room` bytes, else EINVAL.
static inline int hutong_condition_check(const struct hutong_condition *condition, size_t room) {
  if (room < sizeof *condition) return EINVAL;
  if (__atomic_load_n(&condition->magic, __ATOMIC_ACQUIRE) != HUTONG_CONDITION_MAGIC) return EINVAL;
  if (condition->mutex_size != sizeof(pthread_mutex_t) || condition->slots > HUTONG_CONDITION_MOST) return EINVAL;
  return hutong_condition_size(condition->slots) > room ? EINVAL : 0;
}

static inline uint32_t hutong_condition_state_(const struct hutong_condition_slot *slot) {
  return __atomic_load_n(&slot->state, __ATOMIC_SEQ_CST);
}

static inline int hutong_condition_change_(struct hutong_condition_slot *slot, uint32_t from, uint32_t to) {
  return __atomic_compare_exchange_n(&slot->state, &from, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// Takes a slot that no living thread owns; 0 if one does.
static inline int hutong_condition_claim_(struct hutong_condition_slot *slot) {
  int failed = pthread_mutex_trylock(&slot->life);
  if (failed == EOWNERDEAD) failed = pthread_mutex_consistent(&slot->life);
  return failed == 0;
}

// Gives one notification to the living waiter that has waited longest: 1, or 0 if there is none.
static inline int hutong_condition_deliver_(struct hutong_condition *condition) {
  for (;;) {
    struct hutong_condition_slot *oldest = NULL;
    for (uint32_t i = 0; i < condition->slots; i++) {
      struct hutong_condition_slot *slot = &condition->slot[i];
      if (hutong_condition_state_(slot) != HUTONG_CONDITION_WAITING) continue;
      if (oldest == NULL || (int32_t)(slot->ticket - oldest->ticket) < 0) oldest = slot;
    }
    if (oldest == NULL) return 0;
    if (hutong_condition_claim_(oldest)) { // it has died, or has just ended
      hutong_condition_change_(oldest, HUTONG_CONDITION_WAITING, HUTONG_CONDITION_FREE);
      pthread_mutex_unlock(&oldest->life);
      continue;
    }
    HUTONG_CONDITION_STEP("notify: chosen");
    if (!hutong_condition_change_(oldest, HUTONG_CONDITION_WAITING, HUTONG_CONDITION_NOTIFIED)) continue;
    HUTONG_CONDITION_STEP("notify: marked");
    syscall(SYS_futex, &oldest->state, FUTEX_WAKE, 1, NULL, NULL, 0);
    return 1;
  }
}

// Passes on what was given to those who died before they could act on it. First to another, then away from them: who dies
// in between has woken one too many, never one too few.
static inline void hutong_condition_recover_(struct hutong_condition *condition) {
  for (uint32_t i = 0; i < condition->slots; i++) {
    struct hutong_condition_slot *slot = &condition->slot[i];
    if (hutong_condition_state_(slot) != HUTONG_CONDITION_NOTIFIED || !hutong_condition_claim_(slot)) continue;
    if (hutong_condition_state_(slot) == HUTONG_CONDITION_NOTIFIED) {
      hutong_condition_deliver_(condition);
      HUTONG_CONDITION_STEP("recover: delivered");
      __atomic_store_n(&slot->state, HUTONG_CONDITION_FREE, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&slot->life);
  }
}

// Begins a wait, with the caller's mutex held: gives the slot's index, or -EAGAIN: living waiters have them all.
static inline int hutong_condition_begin_(struct hutong_condition *condition) {
  hutong_condition_recover_(condition);
  for (uint32_t i = 0; i < condition->slots; i++) {
    struct hutong_condition_slot *slot = &condition->slot[i];
    if (!hutong_condition_claim_(slot)) continue;
    HUTONG_CONDITION_STEP("begin: claimed");
    // Marked while its owner died: not passed on yet.
    if (hutong_condition_state_(slot) == HUTONG_CONDITION_NOTIFIED) hutong_condition_deliver_(condition);
    slot->ticket = __atomic_fetch_add(&condition->tickets, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&slot->state, HUTONG_CONDITION_WAITING, __ATOMIC_SEQ_CST);
    HUTONG_CONDITION_STEP("begin: waiting");
    return (int)i;
  }
  return -EAGAIN;
}

// Ends a wait, in the thread that began it, once the caller's mutex is held again: 1 if it was notified.
static inline int hutong_condition_end_(struct hutong_condition *condition, int index) {
  struct hutong_condition_slot *slot = &condition->slot[index];
  HUTONG_CONDITION_STEP("end: locked");
  uint32_t state = __atomic_exchange_n(&slot->state, HUTONG_CONDITION_FREE, __ATOMIC_SEQ_CST);
  HUTONG_CONDITION_STEP("end: free");
  pthread_mutex_unlock(&slot->life);
  return state == HUTONG_CONDITION_NOTIFIED;
}

// The earlier of a deadline (may be NULL) and one slice from now; `*last`: it is the deadline.
static inline struct timespec hutong_condition_until_(const struct timespec *deadline, int *last) {
  struct timespec slice;
  clock_gettime(CLOCK_MONOTONIC, &slice);
  slice.tv_nsec += HUTONG_CONDITION_SLICE * 1000000L;
  if (slice.tv_nsec >= 1000000000L) {
    slice.tv_nsec -= 1000000000L;
    slice.tv_sec++;
  }
  *last = deadline != NULL && (deadline->tv_sec < slice.tv_sec ||
                               (deadline->tv_sec == slice.tv_sec && deadline->tv_nsec < slice.tv_nsec));
  return *last ? *deadline : slice;
}

// Releases `mutex`, which the caller holds, sleeps until notified or until `deadline` (of CLOCK_MONOTONIC; NULL: for ever),
// and locks it again. As with pthread_cond_timedwait(3) it may wake for nothing: look at what you wait for again.
// 0; ETIMEDOUT; EOWNERDEAD: as pthread_mutex_lock(3) gives it, also when the mutex's owner died while this slept. All three:
// `mutex` is locked. EAGAIN: no slot is free, EPERM: the caller does not hold it. ENOTRECOVERABLE: it is not locked.
static inline int hutong_condition_timedwait(struct hutong_condition *condition, pthread_mutex_t *mutex,
                                             const struct timespec *deadline) {
  int result = 0, index = hutong_condition_begin_(condition);
  if (index < 0) return -index;
  struct hutong_condition_slot *slot = &condition->slot[index];
  int failed = pthread_mutex_unlock(mutex);
  if (failed != 0) {
    hutong_condition_end_(condition, index);
    return failed;
  }
  HUTONG_CONDITION_STEP("wait: unlocked");
  while (hutong_condition_state_(slot) == HUTONG_CONDITION_WAITING) {
    int last;
    struct timespec until = hutong_condition_until_(deadline, &last);
    long slept = syscall(SYS_futex, &slot->state, FUTEX_WAIT_BITSET, HUTONG_CONDITION_WAITING, &until, NULL,
                         FUTEX_BITSET_MATCH_ANY);
    if (slept == 0 || errno != ETIMEDOUT) continue;
    if (last) {
      if (hutong_condition_change_(slot, HUTONG_CONDITION_WAITING, HUTONG_CONDITION_FREE)) result = ETIMEDOUT;
      break;
    }
    hutong_condition_recover_(condition);
    failed = pthread_mutex_trylock(mutex);
    if (failed == 0) pthread_mutex_unlock(mutex);
    else if (failed != EBUSY) {
      hutong_condition_end_(condition, index);
      return failed;
    }
  }
  HUTONG_CONDITION_STEP("wait: woken");
  failed = hutong_robust_lock(mutex);
  hutong_condition_end_(condition, index);
  return failed != 0 ? failed : result;
}

static inline int hutong_condition_wait(struct hutong_condition *condition, pthread_mutex_t *mutex) {
  return hutong_condition_timedwait(condition, mutex, NULL);
}

// Wakes at most `count` of those who wait, the longest-waiting first, and gives how many. With the mutex held or not.
static inline uint32_t hutong_condition_notify(struct hutong_condition *condition, uint32_t count) {
  uint32_t given = 0;
  hutong_condition_recover_(condition);
  while (given < count && hutong_condition_deliver_(condition)) given++;
  return given;
}

// How many living threads wait now.
static inline uint32_t hutong_condition_waiting(struct hutong_condition *condition) {
  uint32_t waiting = 0;
  for (uint32_t i = 0; i < condition->slots; i++) {
    struct hutong_condition_slot *slot = &condition->slot[i];
    if (hutong_condition_state_(slot) != HUTONG_CONDITION_WAITING) continue;
    if (!hutong_condition_claim_(slot)) waiting++;
    else {
      hutong_condition_change_(slot, HUTONG_CONDITION_WAITING, HUTONG_CONDITION_FREE);
      pthread_mutex_unlock(&slot->life);
    }
  }
  return waiting;
}

#endif
