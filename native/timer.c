// timer_create(2) and its family, setitimer(2). Through syscall(2): libc's were in librt before glibc 2.34. Times are
// nanoseconds.
//
// State: per environment, the timers that it made: they belong to the process, and would go on without it.
#include "addon.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000 * 1000 * 1000, microsecond = 1000;

struct timers {
  size_t count, room;
  int *ids;
};

static void delete_all(void *data) {
  struct timers *timers = data;
  for (size_t i = 0; i < timers->count; i++) syscall(SYS_timer_delete, timers->ids[i]);
  free(timers->ids);
  free(timers);
}

static bool make_room(struct timers *timers) {
  if (timers->count < timers->room) return true;
  size_t room = timers->room == 0 ? 8 : timers->room * 2;
  int *ids = realloc(timers->ids, room * sizeof *ids);
  if (ids == NULL) return false;
  timers->ids = ids;
  timers->room = room;
  return true;
}

static struct timers *arguments_of(napi_env env, napi_callback_info info, napi_value *argv, size_t argc) {
  void *timers;
  napi_get_cb_info(env, info, &argc, argv, NULL, &timers);
  return timers;
}

// timer_create(clock, signal, value of 8 bytes): an id, or -errno.
static napi_value hutong_timer_create(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  struct timers *timers = arguments_of(env, info, argv, COUNT(argv));
  int clock, id;
  struct bytes value;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL};
  if (!take_int(env, argv[0], &clock, "clock") || !take_int(env, argv[1], &event.sigev_signo, "signal") ||
      !take_bytes(env, argv[2], &value, "value"))
    return NULL;
  if (value.length != sizeof event.sigev_value) return give(env, -EINVAL);
  memcpy(&event.sigev_value, value.data, sizeof event.sigev_value);
  if (!make_room(timers)) return give(env, -ENOMEM);
  if (syscall(SYS_timer_create, clock, &event, &id) < 0) return give(env, -errno);
  timers->ids[timers->count++] = id;
  return give(env, id);
}

static napi_value hutong_timer_delete(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  struct timers *timers = arguments_of(env, info, argv, COUNT(argv));
  int id;
  if (!take_int(env, argv[0], &id, "timer")) return NULL;
  for (size_t i = 0; i < timers->count; i++)
    if (timers->ids[i] == id) {
      timers->ids[i] = timers->ids[--timers->count];
      return give(env, result(syscall(SYS_timer_delete, id)));
    }
  return give(env, -EINVAL);
}

static struct timespec spec_of(int64_t ns) { return (struct timespec){.tv_sec = ns / second, .tv_nsec = ns % second}; }

static bool take_times(napi_env env, const napi_value *argv, int64_t *value, int64_t *interval) {
  return take_int64(env, argv[0], value, "value") && take_int64(env, argv[1], interval, "interval");
}

// timer_settime(id, flags, value, interval)
static napi_value hutong_timer_settime(napi_env env, napi_callback_info info) {
  TAKE(4);
  int id, flags;
  int64_t value, interval;
  if (!take_int(env, argv[0], &id, "timer") || !take_int(env, argv[1], &flags, "flags") ||
      !take_times(env, argv + 2, &value, &interval))
    return NULL;
  struct itimerspec times = {.it_value = spec_of(value), .it_interval = spec_of(interval)};
  return give(env, result(syscall(SYS_timer_settime, id, flags, &times, NULL)));
}

// timer_gettime(id): nanoseconds until it expires, 0 when it is stopped.
static napi_value hutong_timer_gettime(napi_env env, napi_callback_info info) {
  TAKE(1);
  int id;
  struct itimerspec times;
  if (!take_int(env, argv[0], &id, "timer")) return NULL;
  if (syscall(SYS_timer_gettime, id, &times) < 0) return give(env, -errno);
  return give(env, times.it_value.tv_sec * second + times.it_value.tv_nsec);
}

static napi_value hutong_timer_getoverrun(napi_env env, napi_callback_info info) {
  TAKE(1);
  int id;
  if (!take_int(env, argv[0], &id, "timer")) return NULL;
  return give(env, result(syscall(SYS_timer_getoverrun, id)));
}

static int64_t nanoseconds(const struct timeval *time) { return time->tv_sec * second + time->tv_usec * microsecond; }

// setitimer(which, value, interval): nanoseconds that the timer before it had left, or -errno.
static napi_value hutong_setitimer(napi_env env, napi_callback_info info) {
  TAKE(3);
  int which;
  int64_t value, interval;
  struct itimerval before;
  if (!take_int(env, argv[0], &which, "which") || !take_times(env, argv + 1, &value, &interval)) return NULL;
  struct itimerval times = {
      .it_value = {.tv_sec = value / second, .tv_usec = value % second / microsecond},
      .it_interval = {.tv_sec = interval / second, .tv_usec = interval % second / microsecond},
  };
  if (setitimer(which, &times, &before) < 0) return give(env, -errno);
  return give(env, nanoseconds(&before.it_value));
}

static napi_value hutong_getitimer(napi_env env, napi_callback_info info) {
  TAKE(1);
  int which;
  struct itimerval now;
  if (!take_int(env, argv[0], &which, "which")) return NULL;
  if (getitimer(which, &now) < 0) return give(env, -errno);
  return give(env, nanoseconds(&now.it_value));
}

void init_timer(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"timer_settime", hutong_timer_settime},     {"timer_gettime", hutong_timer_gettime},
      {"timer_getoverrun", hutong_timer_getoverrun}, {"setitimer", hutong_setitimer},
      {"getitimer", hutong_getitimer},
  };
  struct timers *timers = calloc(1, sizeof *timers);
  if (timers == NULL || napi_add_env_cleanup_hook(env, delete_all, timers) != napi_ok) {
    free(timers);
    napi_throw_error(env, NULL, "out of memory while loading the hutong addon");
    return;
  }
  napi_value create = NULL, remove = NULL;
  napi_create_function(env, "timer_create", NAPI_AUTO_LENGTH, hutong_timer_create, timers, &create);
  napi_create_function(env, "timer_delete", NAPI_AUTO_LENGTH, hutong_timer_delete, timers, &remove);
  define_value(env, exports, "timer_create", create);
  define_value(env, exports, "timer_delete", remove);
  define(env, exports, functions, COUNT(functions));
}
