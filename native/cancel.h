// One system call that another thread can cancel without losing anything; see cancel.c.
#ifndef HUTONG_CANCEL_H
#define HUTONG_CANCEL_H

#include <signal.h>
#include <stdatomic.h>

// The signal that ends waiting calls. It never reaches JavaScript: its handler only moves a waiting thread out of its
// call. When it cannot be sent, MASK_SIGNAL does the same; see mask.h.
#define RESERVED_SIGNAL (SIGRTMAX - 5)

// Makes call `number`, or gives -ECANCELED if `*cancelled` was set before the kernel was entered, or -EINTR if the
// call was interrupted. A call that took effect gives its own result, also when a cancellation arrived meanwhile.
long cancellable_syscall(const atomic_int *cancelled, long number, const long arguments[6]);

// Installs the handler, once per process. Must run before the first cancellable_syscall.
void prepare_cancel(void);

// Interrupts thread `tid` of this process, which listens; `*cancelled` must be set before.
void interrupt_thread(int tid);

// Unblocks in this thread the signals that interrupt it. `before`: its mask until now, or NULL.
void listen_for_cancel(sigset_t *before);

// For the handlers of those signals, with the context they are given: a thread whose cancellable_syscall has not taken
// effect leaves it, with -ECANCELED, whether it was cancelled or not. Harmless in a thread that is anywhere else.
void leave_call(void *context);

#endif
