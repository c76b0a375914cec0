// pipe(2), mkfifo(3), splice(2), tee(2), vmsplice(2).
#include "addon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// Gives [reader, writer], or -errno.
static napi_value hutong_pipe2(napi_env env, napi_callback_info info) {
  TAKE(1);
  int flags, ends[2];
  if (!take_int(env, argv[0], &flags, "flags")) return NULL;
  if (pipe2(ends, flags) < 0) return give(env, -errno);
  napi_value pair = NULL;
  napi_create_array_with_length(env, 2, &pair);
  napi_set_element(env, pair, 0, give(env, ends[0]));
  napi_set_element(env, pair, 1, give(env, ends[1]));
  return pair;
}

static napi_value hutong_mkfifoat(napi_env env, napi_callback_info info) {
  TAKE(3);
  int dirfd, mode;
  char path[PATH_SIZE];
  if (!take_int(env, argv[0], &dirfd, "dirfd") || !take_path(env, argv[1], path, "path") ||
      !take_int(env, argv[2], &mode, "mode"))
    return NULL;
  return give(env, result(mkfifoat(dirfd, path, (mode_t)mode)));
}

// An offset of -1 stands for NULL: the descriptor's own position (and the only choice for a pipe).
static napi_value hutong_splice(napi_env env, napi_callback_info info) {
  TAKE(6);
  int from, to, flags;
  int64_t from_offset, to_offset, length;
  if (!take_int(env, argv[0], &from, "from") || !take_int64(env, argv[1], &from_offset, "fromOffset") ||
      !take_int(env, argv[2], &to, "to") || !take_int64(env, argv[3], &to_offset, "toOffset") ||
      !take_int64(env, argv[4], &length, "length") || !take_int(env, argv[5], &flags, "flags"))
    return NULL;
  loff_t in = from_offset, out = to_offset;
  ssize_t moved = splice(from, from_offset < 0 ? NULL : &in, to, to_offset < 0 ? NULL : &out, (size_t)length,
                         (unsigned)flags);
  return give(env, result(moved));
}

static napi_value hutong_tee(napi_env env, napi_callback_info info) {
  TAKE(4);
  int from, to, flags;
  int64_t length;
  if (!take_int(env, argv[0], &from, "from") || !take_int(env, argv[1], &to, "to") ||
      !take_int64(env, argv[2], &length, "length") || !take_int(env, argv[3], &flags, "flags"))
    return NULL;
  return give(env, result(tee(from, to, (size_t)length, (unsigned)flags)));
}

// The pipe refers to these very pages until it is drained: src/kernel only passes memory of mappings that stay.
static napi_value hutong_vmsplice(napi_env env, napi_callback_info info) {
  TAKE(3);
  int to, flags;
  struct bytes from;
  if (!take_int(env, argv[0], &to, "to") || !take_bytes(env, argv[1], &from, "buffer") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  struct iovec part = {from.data, from.length};
  return give(env, result(vmsplice(to, &part, 1, (unsigned)flags)));
}

void init_pipe(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"pipe2", hutong_pipe2}, {"mkfifoat", hutong_mkfifoat}, {"splice", hutong_splice},
      {"tee", hutong_tee},     {"vmsplice", hutong_vmsplice},
  };
  define(env, exports, functions, COUNT(functions));
}
