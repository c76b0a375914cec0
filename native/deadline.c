// A blocking call on this very thread, with a deadline: syscall_until(), and openatUntil(dirfd, path, flags, timeout).
//
// A timer of this thread's own sends the reserved signal, whose handler has no SA_RESTART: the call then ends with
// EINTR, or has taken effect and its result stands. The timer repeats, because a signal that arrives before the kernel
// is entered would be lost.
//
// A timer takes one of the signals that RLIMIT_SIGPENDING allows the user, when it is made. If there is none left, a thread
// that lives for this call does what the timer would.
#include "addon.h"
#include "cancel.h"
#include "compat.h"
#include "deadline.h"
#include "mask.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

HUTONG_OLD_SYMBOL(pthread_join);
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

// The thread in the timer's place.
struct watch {
  pthread_t thread;
  struct timespec deadline;
  int tid;
  _Atomic uint32_t over;
};

static void *watch_deadline(void *data) {
  struct watch *watch = data;
  struct timespec until = watch->deadline;
  while (!atomic_load(&watch->over)) {
    long slept = syscall(SYS_futex, &watch->over, FUTEX_WAIT_BITSET_PRIVATE, 0, &until, NULL, FUTEX_BITSET_MATCH_ANY);
    if (slept == 0 || errno != ETIMEDOUT) continue;
    interrupt_thread(watch->tid);
    until.tv_nsec += REPEAT_NANOSECONDS;
    until.tv_sec += until.tv_nsec / BILLION;
    until.tv_nsec %= BILLION;
  }
  return NULL;
}

struct alarm {
  bool has_timer;
  int timer;
  struct watch watch;
};

static long start_alarm(struct alarm *alarm, const struct timespec *deadline) {
  long started = start_timer(&alarm->timer, deadline);
  alarm->has_timer = started == 0;
  if (started != -EAGAIN) return started;
  alarm->watch.deadline = *deadline;
  alarm->watch.tid = (int)syscall(SYS_gettid);
  atomic_init(&alarm->watch.over, 0);
  return start_thread(&alarm->watch.thread, watch_deadline, &alarm->watch);
}

static void stop_alarm(struct alarm *alarm) {
  if (alarm->has_timer) {
    syscall(SYS_timer_delete, alarm->timer);
    return;
  }
  atomic_store(&alarm->watch.over, 1);
  syscall(SYS_futex, &alarm->watch.over, FUTEX_WAKE_PRIVATE, 1);
  pthread_join(alarm->watch.thread, NULL);
}

static bool passed(const struct timespec *deadline) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

long syscall_until(int64_t timeout, long number, const long arguments[6]) {
  static const atomic_int never;
  struct timespec deadline = {0};
  sigset_t before, again;
  struct alarm alarm;
  long outcome;
  if (timeout >= 0) {
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout / THOUSAND;
    deadline.tv_nsec += timeout % THOUSAND * MILLION;
    if (deadline.tv_nsec >= BILLION) {
      deadline.tv_nsec -= BILLION;
      deadline.tv_sec++;
    }
    if ((outcome = start_alarm(&alarm, &deadline)) < 0) return outcome;
    listen_for_cancel(&before);
  }
  for (;;) {
    outcome = cancellable_syscall(&never, number, arguments);
    if (outcome != -EINTR && outcome != -ECANCELED) break;
    if (timeout < 0 || !passed(&deadline)) continue;
    outcome = -ETIMEDOUT;
    break;
  }
  if (timeout >= 0) {
    stop_alarm(&alarm);
    // Only those: the signals module may have changed the rest meanwhile.
    sigemptyset(&again);
    if (sigismember(&before, RESERVED_SIGNAL) == 1) sigaddset(&again, RESERVED_SIGNAL);
    if (sigismember(&before, MASK_SIGNAL) == 1) sigaddset(&again, MASK_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &again, NULL);
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
