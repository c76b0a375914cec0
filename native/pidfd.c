// pidfd_open(2), pidfd_getfd(2). Through syscall(2): glibc has wrappers only since 2.36.
#include "addon.h"

#include <sys/syscall.h>
#include <unistd.h>

// The same on x86-64 and arm64; the oldest headers this must build with lack them.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static napi_value hutong_pidfd_open(napi_env env, napi_callback_info info) {
  TAKE(2);
  int pid, flags;
  if (!take_int(env, argv[0], &pid, "pid") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(syscall(SYS_pidfd_open, pid, flags)));
}

static napi_value hutong_pidfd_getfd(napi_env env, napi_callback_info info) {
  TAKE(3);
  int pidfd, fd, flags;
  if (!take_int(env, argv[0], &pidfd, "pidfd") || !take_int(env, argv[1], &fd, "fd") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, result(syscall(SYS_pidfd_getfd, pidfd, fd, flags)));
}

void init_pidfd(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"pidfd_open", hutong_pidfd_open}, {"pidfd_getfd", hutong_pidfd_getfd}};
  define(env, exports, functions, COUNT(functions));
}
