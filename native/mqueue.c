// POSIX message queues: the plain system calls (libc's wrappers were in librt before glibc 2.34). The kernel takes a
// name without its leading slash, and needs no file system mounted anywhere.
//
// State: a block for the two calls that are made a million times a second, one per thread, as in quick.c.
#include "addon.h"
#include "raw.h"

#include <mqueue.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NAME_SIZE = 1024, COOKIE_SIZE = 32 };

static bool take_name(napi_env env, napi_value value, char *out) {
  return take_text(env, value, out, NAME_SIZE, "name");
}

// mq_open(name, flags, mode, maxmsg?, msgsize?): without the last two the kernel's defaults hold.
static napi_value hutong_mq_open(napi_env env, napi_callback_info info) {
  TAKE(5);
  char name[NAME_SIZE];
  int flags, mode;
  int64_t most = 0, size = 0;
  bool given = !is_undefined(env, argv[3]);
  if (!take_name(env, argv[0], name) || !take_int(env, argv[1], &flags, "flags") ||
      !take_int(env, argv[2], &mode, "mode"))
    return NULL;
  if (given && (!take_int64(env, argv[3], &most, "maxmsg") || !take_int64(env, argv[4], &size, "msgsize")))
    return NULL;
  struct mq_attr wanted = {.mq_maxmsg = (long)most, .mq_msgsize = (long)size};
  return give(env, result(syscall(SYS_mq_open, name, flags, mode, given ? &wanted : NULL)));
}

static napi_value hutong_mq_unlink(napi_env env, napi_callback_info info) {
  TAKE(1);
  char name[NAME_SIZE];
  if (!take_name(env, argv[0], name)) return NULL;
  return give(env, result(syscall(SYS_mq_unlink, name)));
}

// The deadline, seconds and nanoseconds of CLOCK_REALTIME: `*out` is NULL if there is none.
static bool take_deadline(napi_env env, const napi_value *argv, struct timespec *memory, struct timespec **out) {
  int64_t seconds, nanoseconds;
  *out = NULL;
  if (is_undefined(env, argv[0])) return true;
  if (!take_int64(env, argv[0], &seconds, "seconds") || !take_int64(env, argv[1], &nanoseconds, "nanoseconds"))
    return false;
  *memory = (struct timespec){.tv_sec = seconds, .tv_nsec = (long)nanoseconds};
  *out = memory;
  return true;
}

// mq_timedsend(fd, buffer, priority, seconds?, nanoseconds?)
static napi_value hutong_mq_timedsend(napi_env env, napi_callback_info info) {
  TAKE(5);
  int fd;
  int64_t priority;
  struct bytes from;
  struct timespec memory, *deadline;
  if (!take_int(env, argv[0], &fd, "fd") || !take_bytes(env, argv[1], &from, "buffer") ||
      !take_int64(env, argv[2], &priority, "priority") || !take_deadline(env, argv + 3, &memory, &deadline))
    return NULL;
  return give(env, result(syscall(SYS_mq_timedsend, fd, from.data, from.length, (unsigned)priority, deadline)));
}

// mq_timedreceive(fd, buffer, priority, seconds?, nanoseconds?): the priority goes into the first word of `priority`.
static napi_value hutong_mq_timedreceive(napi_env env, napi_callback_info info) {
  TAKE(5);
  int fd;
  unsigned came = 0;
  struct bytes to, priority;
  struct timespec memory, *deadline;
  if (!take_int(env, argv[0], &fd, "fd") || !take_bytes(env, argv[1], &to, "buffer") ||
      !take_bytes(env, argv[2], &priority, "priority") || !take_deadline(env, argv + 3, &memory, &deadline))
    return NULL;
  if (priority.length < sizeof came) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "priority must have room for four bytes");
    return NULL;
  }
  int64_t length = result(syscall(SYS_mq_timedreceive, fd, to.data, to.length, &came, deadline));
  if (length >= 0) memcpy(priority.data, &came, sizeof came);
  return give(env, length);
}

// mq_notify(fd, how, signal, value): `how` is SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD (then `signal` is a netlink socket,
// which gets 32 bytes of which the last says why), or -1 to cancel.
static napi_value hutong_mq_notify(napi_env env, napi_callback_info info) {
  TAKE(4);
  static char cookie[COOKIE_SIZE]; // the kernel copies it
  int fd, how, signal, value;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &how, "how") ||
      !take_int(env, argv[2], &signal, "signal") || !take_int(env, argv[3], &value, "value"))
    return NULL;
  struct sigevent event = {.sigev_notify = how, .sigev_signo = signal};
  if (how == SIGEV_THREAD) event.sigev_value.sival_ptr = cookie;
  else event.sigev_value.sival_int = value;
  return give(env, result(syscall(SYS_mq_notify, fd, how < 0 ? NULL : &event)));
}

// mq_getsetattr(fd, flags?): gives [flags before, maxmsg, msgsize, curmsgs].
static napi_value hutong_mq_getsetattr(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, flags = 0;
  bool set = !is_undefined(env, argv[1]);
  if (!take_int(env, argv[0], &fd, "fd") || (set && !take_int(env, argv[1], &flags, "flags"))) return NULL;
  struct mq_attr wanted = {.mq_flags = flags}, before;
  int64_t returned = result(syscall(SYS_mq_getsetattr, fd, set ? &wanted : NULL, &before));
  if (returned < 0) return give(env, returned);
  const long fields[] = {before.mq_flags, before.mq_maxmsg, before.mq_msgsize, before.mq_curmsgs};
  napi_value given = NULL;
  napi_create_array_with_length(env, COUNT(fields), &given);
  for (uint32_t i = 0; i < COUNT(fields); i++) napi_set_element(env, given, i, give(env, fields[i]));
  return given;
}

struct block {
  int32_t fd, length, result;
  uint32_t priority;
  int32_t waits, unused; // waits: 0 makes it a try, whatever the description's flags
  double address;
};
static _Thread_local struct block block;
// A deadline that has passed: data and room are still taken, but nobody sleeps.
static const struct timespec past;

static napi_value hutong_mq_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

static napi_value hutong_mq_quick_send(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  struct block *b = &block;
  b->result = (int32_t)raw_syscall5(SYS_mq_timedsend, b->fd, (long)b->address, b->length, (long)b->priority,
                                    b->waits ? 0 : (long)&past);
  return NULL;
}

static napi_value hutong_mq_quick_receive(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  struct block *b = &block;
  b->result = (int32_t)raw_syscall5(SYS_mq_timedreceive, b->fd, (long)b->address, b->length, (long)&b->priority,
                                    b->waits ? 0 : (long)&past);
  return NULL;
}

void init_mqueue(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"mq_open", hutong_mq_open},
      {"mq_unlink", hutong_mq_unlink},
      {"mq_timedsend", hutong_mq_timedsend},
      {"mq_timedreceive", hutong_mq_timedreceive},
      {"mq_notify", hutong_mq_notify},
      {"mq_getsetattr", hutong_mq_getsetattr},
      {"mqBlock", hutong_mq_block},
      {"mqQuickSend", hutong_mq_quick_send},
      {"mqQuickReceive", hutong_mq_quick_receive},
  };
  define(env, exports, functions, COUNT(functions));
}
