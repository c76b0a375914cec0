// flock(2), and the commands of fcntl(2) that take a struct flock: locks on files and on ranges of their bytes.
#include "addon.h"
#include "deadline.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>

_Static_assert(sizeof(struct flock) == 32 && offsetof(struct flock, l_start) == 8 &&
                   offsetof(struct flock, l_len) == 16 && offsetof(struct flock, l_pid) == 24,
               "src/sys/file-lock.ts makes it of four 64-bit words");

static napi_value hutong_flock(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, operation;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &operation, "operation")) return NULL;
  return give(env, result(flock(fd, operation)));
}

// flockUntil(fd, operation, timeout): blocks this thread, for at most `timeout` ms (-1: for ever), then -ETIMEDOUT.
static napi_value hutong_flock_until(napi_env env, napi_callback_info info) {
  TAKE(3);
  int fd, operation;
  int64_t timeout;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &operation, "operation") ||
      !take_int64(env, argv[2], &timeout, "timeout"))
    return NULL;
  return give(env, syscall_until(timeout, SYS_flock, (long[6]){fd, operation}));
}

static bool take_lock(napi_env env, const napi_value *argv, int *fd, int *command, struct bytes *lock) {
  if (!take_int(env, argv[0], fd, "fd") || !take_int(env, argv[1], command, "command") ||
      !take_bytes(env, argv[2], lock, "lock"))
    return false;
  if (lock->length == sizeof(struct flock)) return true;
  throw_type(env, "lock", "a struct flock");
  return false;
}

// fcntlLock(fd, command, lock): F_OFD_GETLK writes into `lock`.
static napi_value hutong_fcntl_lock(napi_env env, napi_callback_info info) {
  TAKE(3);
  int fd, command;
  struct bytes lock;
  if (!take_lock(env, argv, &fd, &command, &lock)) return NULL;
  return give(env, result(fcntl(fd, command, lock.data)));
}

// fcntlLockUntil(fd, command, lock, timeout): as flockUntil.
static napi_value hutong_fcntl_lock_until(napi_env env, napi_callback_info info) {
  TAKE(4);
  int fd, command;
  int64_t timeout;
  struct bytes lock;
  if (!take_lock(env, argv, &fd, &command, &lock) || !take_int64(env, argv[3], &timeout, "timeout")) return NULL;
  return give(env, syscall_until(timeout, SYS_fcntl, (long[6]){fd, command, (long)lock.data}));
}

void init_file_lock(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"flock", hutong_flock},
      {"flockUntil", hutong_flock_until},
      {"fcntlLock", hutong_fcntl_lock},
      {"fcntlLockUntil", hutong_fcntl_lock_until},
  };
  define(env, exports, functions, COUNT(functions));
}
