// Wake-ups that are owed to a lock; see owed.h.
//
// The kernel knows the problem, because a libc thread can be killed between its wake-up and its lock: if the word that a
// dying thread's robust list names as pending is free, it wakes another sleeper (kernel/futex/core.c, handle_futex_death).
// So a waiting thread, which has no use for the robust list that libc registered, registers one of its own, whose pending
// entry is the word it was woken on last. The entry stays until the wake-up is made good, and does nothing but that: the
// kernel changes only a word that names the dying thread as its owner.
//
// State: per thread, what it owes.
#include "owed.h"
#include "cancel.h"
#include "raw.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

struct owed {
  struct robust_list_head head, *before;
  _Atomic uint32_t *word;
  bool registered, woken;
};
static _Thread_local struct owed owed;

struct robust_list_head *robust_head(void) {
  static _Thread_local struct robust_list_head *head;
  size_t size;
  if (head == NULL && syscall(SYS_get_robust_list, 0, &head, &size) != 0) head = NULL;
  return head;
}

void lock_pass_on(_Atomic uint32_t *word) { raw_syscall3(SYS_futex, (long)word, FUTEX_WAKE, 1); }

bool owes(void) { return owed.woken; }

void pay(void) {
  if (owed.woken) lock_pass_on(owed.word);
  owed.woken = false;
  owed.head.list_op_pending = NULL;
}

void pay_and_leave(void) {
  pay();
  if (owed.registered) syscall(SYS_set_robust_list, owed.before, sizeof owed.head);
}

static void register_list(void) {
  size_t size;
  if (owed.registered) return;
  if (syscall(SYS_get_robust_list, 0, &owed.before, &size) != 0) return;
  owed.head.list.next = &owed.head.list; // empty; entries are words
  owed.registered = syscall(SYS_set_robust_list, &owed.head, sizeof owed.head) == 0;
}

long lock_sleep(const atomic_int *cancelled, _Atomic uint32_t *word, uint32_t expected) {
  const struct timespec second = {.tv_sec = 1}; // one who was killed may have taken a wake-up with it all the same
  const long call[6] = {(long)word, FUTEX_WAIT, (long)expected, (long)&second};
  if (owed.word != word) pay(); // else JavaScript's thread has looked at the lock since, or it would not wait again
  register_list();
  owed.word = word;
  owed.woken = false;
  owed.head.list_op_pending = (struct robust_list *)(void *)word;
  long outcome = cancellable_syscall(cancelled, SYS_futex, call);
  if (outcome != 0) {
    owed.head.list_op_pending = NULL;
    return outcome;
  }
  owed.woken = true;
  // Somebody else may have been faster, who knows of no sleepers: his unlock shall wake the next.
  uint32_t seen = atomic_load(word);
  if ((seen & FUTEX_TID_MASK) != 0) atomic_compare_exchange_strong(word, &seen, seen | FUTEX_WAITERS);
  return 0;
}
