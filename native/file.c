// read(2), write(2) and the calls that every descriptor knows: open, close, fcntl, poll, ftruncate, fallocate.
#include "addon.h"
#include "raw.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

static napi_value hutong_close(napi_env env, napi_callback_info info) {
  TAKE(1);
  int fd;
  if (!take_int(env, argv[0], &fd, "fd")) return NULL;
  return give(env, result(close(fd)));
}

static napi_value hutong_dup3(napi_env env, napi_callback_info info) {
  TAKE(3);
  int from, to, flags;
  if (!take_int(env, argv[0], &from, "from") || !take_int(env, argv[1], &to, "to") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, result(dup3(from, to, flags)));
}

static napi_value hutong_openat(napi_env env, napi_callback_info info) {
  TAKE(4);
  int dirfd, flags, mode;
  char path[PATH_SIZE];
  if (!take_int(env, argv[0], &dirfd, "dirfd") || !take_path(env, argv[1], path, "path") ||
      !take_int(env, argv[2], &flags, "flags") || !take_int(env, argv[3], &mode, "mode"))
    return NULL;
  return give(env, result(openat(dirfd, path, flags, mode)));
}

// The last two arguments of read and write, where they are given; checked here because they arrive unchecked.
static bool take_range(napi_env env, const napi_value *argv, struct bytes *bytes) {
  int64_t offset = 0, length;
  if (!is_undefined(env, argv[0]) && !take_int64(env, argv[0], &offset, "offset")) return false;
  length = (int64_t)bytes->length - offset;
  if (!is_undefined(env, argv[1]) && !take_int64(env, argv[1], &length, "length")) return false;
  if (offset < 0 || length < 0 || (uint64_t)offset > bytes->length ||
      (uint64_t)length > bytes->length - (uint64_t)offset) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "offset and length must lie inside the buffer");
    return false;
  }
  *bytes = (struct bytes){bytes->data + offset, (size_t)length};
  return true;
}

// (fd, buffer, offset?, length?): the hottest marshalling there is, so every call into Node counts.
static inline bool take_transfer(napi_env env, napi_callback_info info, int *fd, struct bytes *bytes) {
  napi_value argv[4];
  size_t argc = COUNT(argv);
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (!take_int(env, argv[0], fd, "fd") || !take_bytes(env, argv[1], bytes, "buffer")) return false;
  return argc <= 2 || take_range(env, argv + 2, bytes);
}

static napi_value hutong_read(napi_env env, napi_callback_info info) {
  int fd;
  struct bytes to;
  if (!take_transfer(env, info, &fd, &to)) return NULL;
  return give(env, raw_syscall3(SYS_read, fd, (long)to.data, (long)to.length));
}

static napi_value hutong_write(napi_env env, napi_callback_info info) {
  int fd;
  struct bytes from;
  if (!take_transfer(env, info, &fd, &from)) return NULL;
  return give(env, raw_syscall3(SYS_write, fd, (long)from.data, (long)from.length));
}

static napi_value hutong_writev(napi_env env, napi_callback_info info) {
  TAKE(2);
  enum { MOST = 64 };
  int fd;
  uint32_t count;
  struct iovec parts[MOST];
  if (!take_int(env, argv[0], &fd, "fd")) return NULL;
  if (napi_get_array_length(env, argv[1], &count) != napi_ok || count > MOST) {
    throw_type(env, "buffers", "an array of at most 64 buffers");
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_value part = NULL;
    struct bytes from;
    if (napi_get_element(env, argv[1], i, &part) != napi_ok || !take_bytes(env, part, &from, "buffers")) return NULL;
    parts[i] = (struct iovec){from.data, from.length};
  }
  return give(env, result(writev(fd, parts, (int)count)));
}

// Only the commands whose third argument is an int or absent.
static napi_value hutong_fcntl(napi_env env, napi_callback_info info) {
  TAKE(3);
  int fd, command, argument;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &command, "command") ||
      !take_int(env, argv[2], &argument, "argument"))
    return NULL;
  return give(env, result(fcntl(fd, command, argument)));
}

// The number of bytes that can be read now: ioctl(2) FIONREAD.
static napi_value hutong_fionread(napi_env env, napi_callback_info info) {
  TAKE(1);
  int fd, queued = 0;
  if (!take_int(env, argv[0], &fd, "fd")) return NULL;
  int64_t returned = result(ioctl(fd, FIONREAD, &queued));
  return give(env, returned < 0 ? returned : queued);
}

// One descriptor; `timeout` in milliseconds, -1 for ever. Gives the returned events, 0 after the timeout.
static napi_value hutong_poll(napi_env env, napi_callback_info info) {
  TAKE(3);
  int events, timeout;
  struct pollfd one = {0};
  if (!take_int(env, argv[0], &one.fd, "fd") || !take_int(env, argv[1], &events, "events") ||
      !take_int(env, argv[2], &timeout, "timeout"))
    return NULL;
  one.events = (short)events;
  int64_t returned = result(poll(&one, 1, timeout));
  return give(env, returned <= 0 ? returned : one.revents);
}

static napi_value hutong_ftruncate(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd;
  int64_t length;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int64(env, argv[1], &length, "length")) return NULL;
  return give(env, result(ftruncate(fd, length)));
}

static napi_value hutong_fallocate(napi_env env, napi_callback_info info) {
  TAKE(4);
  int fd, mode;
  int64_t offset, length;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &mode, "mode") ||
      !take_int64(env, argv[2], &offset, "offset") || !take_int64(env, argv[3], &length, "length"))
    return NULL;
  return give(env, result(fallocate(fd, mode, offset, length)));
}

static napi_value hutong_unlinkat(napi_env env, napi_callback_info info) {
  TAKE(3);
  int dirfd, flags;
  char path[PATH_SIZE];
  if (!take_int(env, argv[0], &dirfd, "dirfd") || !take_path(env, argv[1], path, "path") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, result(unlinkat(dirfd, path, flags)));
}

static napi_value hutong_linkat(napi_env env, napi_callback_info info) {
  TAKE(5);
  int from_dirfd, to_dirfd, flags;
  char from[PATH_SIZE], to[PATH_SIZE];
  if (!take_int(env, argv[0], &from_dirfd, "from dirfd") || !take_path(env, argv[1], from, "from") ||
      !take_int(env, argv[2], &to_dirfd, "to dirfd") || !take_path(env, argv[3], to, "to") ||
      !take_int(env, argv[4], &flags, "flags"))
    return NULL;
  return give(env, result(linkat(from_dirfd, from, to_dirfd, to, flags)));
}

void init_file(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"close", hutong_close},       {"openat", hutong_openat},       {"read", hutong_read},
      {"write", hutong_write},       {"writev", hutong_writev},       {"fcntl", hutong_fcntl},
      {"fionread", hutong_fionread}, {"poll", hutong_poll},           {"ftruncate", hutong_ftruncate},
      {"fallocate", hutong_fallocate}, {"unlinkat", hutong_unlinkat}, {"linkat", hutong_linkat}, {"dup3", hutong_dup3},
  };
  define(env, exports, functions, COUNT(functions));
}
