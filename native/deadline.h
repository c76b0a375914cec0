// One blocking system call on this very thread, with a deadline; see deadline.c.
#ifndef HUTONG_DEADLINE_H
#define HUTONG_DEADLINE_H

#include <stdint.h>

// Makes the call, at the latest until `timeout` milliseconds from now (-1: for ever), then -ETIMEDOUT. EINTR is retried. A
// call that took effect gives its own result.
long syscall_until(int64_t timeout, long number, const long arguments[6]);

#endif
