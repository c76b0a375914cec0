// One system call that another thread can cancel without losing anything; see cancel.c.
#ifndef HUTONG_CANCEL_H
#define HUTONG_CANCEL_H

#include <signal.h>
#include <stdatomic.h>

// The one signal hutong reserves in the process. It never reaches JavaScript: its handler only moves a waiting
// thread out of its call. src/sys and the signals module know it as RESERVED_SIGNAL.
#define RESERVED_SIGNAL (SIGRTMAX - 5)

// Makes call `number`, or gives -ECANCELED if `*cancelled` was set before the kernel was entered, or -EINTR if the
// call was interrupted. A call that took effect gives its own result, also when a cancellation arrived meanwhile.
long cancellable_syscall(const atomic_int *cancelled, long number, const long arguments[6]);

// Installs the handler, once per process. Must run before the first cancellable_syscall.
void prepare_cancel(void);

// Interrupts thread `tid` of this process; `*cancelled` must be set before.
void interrupt_thread(int tid);

#endif
