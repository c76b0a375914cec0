// fsopen(2), fsconfig(2), fsmount(2): a file system that is looked at and mounted nowhere. Through syscall(2): glibc has
// wrappers only since 2.36.
#include "addon.h"

#include <sys/syscall.h>
#include <unistd.h>

// The same on x86-64 and arm64; the oldest headers this must build with lack them.
#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif
#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif

// fsopen(name, flags).
static napi_value hutong_fsopen(napi_env env, napi_callback_info info) {
  TAKE(2);
  char name[PATH_SIZE];
  int flags;
  if (!take_path(env, argv[0], name, "name") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(syscall(SYS_fsopen, name, flags)));
}

// fsconfig(fd, command): the commands without key and value.
static napi_value hutong_fsconfig(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, command;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &command, "command")) return NULL;
  return give(env, result(syscall(SYS_fsconfig, fd, command, NULL, NULL, 0)));
}

// fsmount(fd, flags, attributes).
static napi_value hutong_fsmount(napi_env env, napi_callback_info info) {
  TAKE(3);
  int fd, flags, attributes;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &flags, "flags") ||
      !take_int(env, argv[2], &attributes, "attributes"))
    return NULL;
  return give(env, result(syscall(SYS_fsmount, fd, flags, attributes)));
}

void init_mount(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"fsopen", hutong_fsopen},
      {"fsconfig", hutong_fsconfig},
      {"fsmount", hutong_fsmount},
  };
  define(env, exports, functions, COUNT(functions));
}
