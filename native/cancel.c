// A cancellable system call, after musl's design: a signal that arrives between the check of the flag and the entry
// into the kernel would be lost, so the handler looks where the thread is. Between `begin` and `end` the call has not
// taken effect, and the handler moves the thread to `cancel`; at `end` it has, and its result stands.
// Nothing needs to be sent twice, and no message, token or descriptor is dropped.
//
// A real-time signal is refused with EAGAIN when the user's signals have used up RLIMIT_SIGPENDING. Then the thread is sent
// MASK_SIGNAL, a standard one, which always arrives, and whose handler does the same. It is not the first choice, because
// programs change its disposition: process.on('SIGSTKFLT') takes the handler away and process.off() makes it fatal again,
// as the package signal-exit does each time it is used. No JavaScript can name a real-time signal.
#include "cancel.h"
#include "compat.h"
#include "mask.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

HUTONG_OLD_SYMBOL(pthread_once);
HUTONG_OLD_SYMBOL(pthread_sigmask);

// long hutong_syscall(flag, number, a0, a1, a2, a3, a4, a5)
#if defined(__x86_64__)
__asm__(".text\n"
        ".hidden hutong_syscall\n.global hutong_syscall\n.type hutong_syscall,@function\n"
        ".hidden hutong_syscall_end\n.global hutong_syscall_end\n"
        ".hidden hutong_syscall_cancel\n.global hutong_syscall_cancel\n"
        "hutong_syscall:\n"
        "  mov (%rdi), %eax\n"
        "  test %eax, %eax\n"
        "  jnz hutong_syscall_cancel\n"
        "  mov %rsi, %rax\n"
        "  mov %rdx, %rdi\n"
        "  mov %rcx, %rsi\n"
        "  mov %r8, %rdx\n"
        "  mov %r9, %r10\n"
        "  mov 8(%rsp), %r8\n"
        "  mov 16(%rsp), %r9\n"
        "  syscall\n"
        "hutong_syscall_end:\n"
        "  ret\n"
        "hutong_syscall_cancel:\n"
        "  mov $-125, %rax\n" // -ECANCELED
        "  ret\n"
        ".size hutong_syscall, .-hutong_syscall\n");
#define PROGRAM_COUNTER(context) ((context)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
__asm__(".text\n"
        ".hidden hutong_syscall\n.global hutong_syscall\n.type hutong_syscall,%function\n"
        ".hidden hutong_syscall_end\n.global hutong_syscall_end\n"
        ".hidden hutong_syscall_cancel\n.global hutong_syscall_cancel\n"
        "hutong_syscall:\n"
        "  ldr w9, [x0]\n"
        "  cbnz w9, hutong_syscall_cancel\n"
        "  mov x8, x1\n"
        "  mov x0, x2\n"
        "  mov x1, x3\n"
        "  mov x2, x4\n"
        "  mov x3, x5\n"
        "  mov x4, x6\n"
        "  mov x5, x7\n"
        "  svc #0\n"
        "hutong_syscall_end:\n"
        "  ret\n"
        "hutong_syscall_cancel:\n"
        "  mov x0, #-125\n" // -ECANCELED
        "  ret\n"
        ".size hutong_syscall, .-hutong_syscall\n");
#define PROGRAM_COUNTER(context) ((context)->uc_mcontext.pc)
#else
#error "cancellable_syscall needs a few lines of assembly for this architecture"
#endif

extern long hutong_syscall(const atomic_int *, long, long, long, long, long, long, long);
extern const char hutong_syscall_end[], hutong_syscall_cancel[];

long cancellable_syscall(const atomic_int *cancelled, long number, const long a[6]) {
  return hutong_syscall(cancelled, number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

void leave_call(void *data) {
  ucontext_t *context = data;
  uintptr_t at = (uintptr_t)PROGRAM_COUNTER(context);
  if (at >= (uintptr_t)hutong_syscall && at < (uintptr_t)hutong_syscall_end)
    PROGRAM_COUNTER(context) = (long)hutong_syscall_cancel;
}

static struct sigaction before;

static void on_reserved_signal(int signum, siginfo_t *info, void *data) {
  leave_call(data);
  // The handler of another copy of this addon, which knows its own window.
  if ((before.sa_flags & SA_SIGINFO) != 0) before.sa_sigaction(signum, info, data);
}

static void install_handler(void) {
  sigaction(RESERVED_SIGNAL, NULL, &before);
  struct sigaction action = {.sa_sigaction = on_reserved_signal, .sa_flags = SA_SIGINFO}; // no SA_RESTART
  sigfillset(&action.sa_mask);
  sigaction(RESERVED_SIGNAL, &action, NULL);
}

void prepare_cancel(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install_handler);
}

void interrupt_thread(int tid) {
  if (syscall(SYS_tgkill, getpid(), tid, RESERVED_SIGNAL) == 0 || errno != EAGAIN) return;
  send_mask_signal(tid);
}

void listen_for_cancel(sigset_t *before_it) {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, RESERVED_SIGNAL);
  sigaddset(&both, MASK_SIGNAL);
  pthread_sigmask(SIG_UNBLOCK, &both, before_it);
}
