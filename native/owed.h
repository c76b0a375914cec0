// A wake-up on the word of a lock, taken by a waiting thread for JavaScript's thread, is owed to the lock: either
// JavaScript's thread tries the lock soon, or another sleeper must be woken, or all of them sleep beside a free lock.
#ifndef HUTONG_OWED_H
#define HUTONG_OWED_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Sleeps while the word is `expected`, for a second at most: 0 (woken, and owes), -EAGAIN, -ETIMEDOUT, or as the caller's
// cancellable_syscall. If the process is killed before the wake-up is made good, the kernel wakes another.
long lock_sleep(const atomic_int *cancelled, _Atomic uint32_t *word, uint32_t expected);
// Wakes another sleeper of the word.
void lock_pass_on(_Atomic uint32_t *word);

// Of this thread: whether it owes; makes it good; and the same before it ends.
bool owes(void);
void pay(void);
void pay_and_leave(void);

// How long a waiting thread gives JavaScript's, in nanoseconds.
enum { OWED_NANOSECONDS = 10 * 1000 * 1000 };

// This thread's list of robust mutexes, as libc registered it, or NULL.
struct robust_list_head *robust_head(void);

#endif
