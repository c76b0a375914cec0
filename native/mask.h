// Which signals are blocked in every thread of the process; see mask.c and maskcall.c.
#ifndef HUTONG_MASK_H
#define HUTONG_MASK_H

#include "addon.h"

#include <signal.h>

// sizeof(sigset_t), the kernel's.
enum { SET_BYTES = 8 };

// A set from JavaScript: its eight bytes. Otherwise throws and answers false.
bool take_set(napi_env env, napi_value value, uint64_t *set);

// The signal that tells a thread to take on the process's mask: of the 31 standard ones, because those can be sent also
// when RLIMIT_SIGPENDING is used up, and this one because nothing in Linux has ever sent it. For the same reason it ends
// waiting calls when RESERVED_SIGNAL, a real-time one, cannot be sent.
#define MASK_SIGNAL SIGSTKFLT

// Sends it to a thread of this process that does not block it, and waits until that has taken it.
void send_mask_signal(int tid);

// Every thread of the process: of the signals in `managed`, those in `wanted` are blocked and the others are not. Gives 0,
// or -errno when the threads cannot be listed. Must not run twice at a time.
int mask_threads(uint64_t managed, uint64_t wanted);

#endif
