// A blocking call on this very thread, with a deadline: syscall_until(), and openatUntil(dirfd, path, flags, timeout).
//
// A timer of this thread's own sends the reserved signal, whose handler has no SA_RESTART: the call then ends with
// EINTR, or has taken effect and its result stands. The timer repeats, because a signal that arrives before the kernel
// is entered would be lost.
#include "addon.h"
#include "cancel.h"
#include "compat.h"
#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

HUTONG_OLD_SYMBOL(pthread_sigmask);

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { REPEAT_NANOSECONDS = 1000 * 1000, THOUSAND = 1000, MILLION = 1000 * 1000, BILLION = 1000 * 1000 * 1000 };

// The plain system calls: libc's were in librt before glibc 2.34.
static long start_timer(int *timer, const struct timespec *deadline) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = RESERVED_SIGNAL};
  event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, timer) != 0) return -errno;
  struct itimerspec when = {.it_interval.tv_nsec = REPEAT_NANOSECONDS, .it_value = *deadline};
  if (syscall(SYS_timer_settime, *timer, TIMER_ABSTIME, &when, NULL) == 0) return 0;
  long failed = -errno;
  syscall(SYS_timer_delete, *timer);
  return failed;
}

static bool passed(const struct timespec *deadline) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

long syscall_until(int64_t timeout, long number, const long arguments[6]) {
  static const atomic_int never;
  struct timespec deadline = {0};
  sigset_t reserved, before;
  int timer;
  long outcome;
  if (timeout >= 0) {
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout / THOUSAND;
    deadline.tv_nsec += timeout % THOUSAND * MILLION;
    if (deadline.tv_nsec >= BILLION) {
      deadline.tv_nsec -= BILLION;
      deadline.tv_sec++;
    }
    if ((outcome = start_timer(&timer, &deadline)) < 0) return outcome;
    sigemptyset(&reserved);
    sigaddset(&reserved, RESERVED_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &reserved, &before);
  }
  for (;;) {
    outcome = cancellable_syscall(&never, number, arguments);
    if (outcome != -EINTR && outcome != -ECANCELED) break;
    if (timeout < 0 || !passed(&deadline)) continue;
    outcome = -ETIMEDOUT;
    break;
  }
  if (timeout >= 0) {
    syscall(SYS_timer_delete, timer);
    // Only that: the signals module may have changed the rest meanwhile.
    if (sigismember(&before, RESERVED_SIGNAL) == 1) pthread_sigmask(SIG_BLOCK, &reserved, NULL);
  }
  return outcome;
}

// openat(2) that blocks this thread, on a FIFO, for at most `timeout` ms (-1: for ever). -ETIMEDOUT; EINTR is retried.
static napi_value hutong_openat_until(napi_env env, napi_callback_info info) {
  TAKE(4);
  int dirfd, flags;
  int64_t timeout;
  char path[PATH_SIZE];
  if (!take_int(env, argv[0], &dirfd, "dirfd") || !take_path(env, argv[1], path, "path") ||
      !take_int(env, argv[2], &flags, "flags") || !take_int64(env, argv[3], &timeout, "timeout"))
    return NULL;
  return give(env, syscall_until(timeout, SYS_openat, (long[6]){dirfd, (long)path, flags}));
}

void init_deadline(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"openatUntil", hutong_openat_until}};
  prepare_cancel();
  define(env, exports, functions, COUNT(functions));
}
