// socket(2) and what sets one up: addresses are `struct sockaddr` bytes, options are their bytes.
#include "addon.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

static napi_value hutong_socket(napi_env env, napi_callback_info info) {
  TAKE(3);
  int domain, type, protocol;
  if (!take_int(env, argv[0], &domain, "domain") || !take_int(env, argv[1], &type, "type") ||
      !take_int(env, argv[2], &protocol, "protocol"))
    return NULL;
  return give(env, result(socket(domain, type, protocol)));
}

// socketpair(domain, type, pair): two descriptors into `pair`, an Int32Array.
static napi_value hutong_socketpair(napi_env env, napi_callback_info info) {
  TAKE(3);
  int domain, type;
  struct bytes pair;
  if (!take_int(env, argv[0], &domain, "domain") || !take_int(env, argv[1], &type, "type") ||
      !take_bytes(env, argv[2], &pair, "pair"))
    return NULL;
  if (pair.length < 2 * sizeof(int)) {
    throw_type(env, "pair", "an Int32Array of 2");
    return NULL;
  }
  return give(env, result(socketpair(domain, type, 0, (int *)(void *)pair.data)));
}

typedef int (*with_address)(int fd, const struct sockaddr *address, socklen_t length);

static napi_value set_address(napi_env env, napi_callback_info info, with_address call) {
  TAKE(2);
  int fd;
  struct bytes address;
  if (!take_int(env, argv[0], &fd, "fd") || !take_bytes(env, argv[1], &address, "address")) return NULL;
  return give(env, result(call(fd, (const struct sockaddr *)(void *)address.data, (socklen_t)address.length)));
}

static napi_value hutong_bind(napi_env env, napi_callback_info info) { return set_address(env, info, bind); }
static napi_value hutong_connect(napi_env env, napi_callback_info info) { return set_address(env, info, connect); }

static napi_value hutong_listen(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, backlog;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &backlog, "backlog")) return NULL;
  return give(env, result(listen(fd, backlog)));
}

static napi_value hutong_accept4(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, flags;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(accept4(fd, NULL, NULL, flags)));
}

static napi_value hutong_shutdown(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd, how;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &how, "how")) return NULL;
  return give(env, result(shutdown(fd, how)));
}

typedef int (*gives_address)(int fd, struct sockaddr *address, socklen_t *length);

// The address's bytes into a buffer; gives its length, which may be more than the buffer holds.
static napi_value get_address(napi_env env, napi_callback_info info, gives_address call) {
  TAKE(2);
  int fd;
  struct bytes address;
  if (!take_int(env, argv[0], &fd, "fd") || !take_bytes(env, argv[1], &address, "address")) return NULL;
  socklen_t length = (socklen_t)address.length;
  int64_t returned = result(call(fd, (struct sockaddr *)(void *)address.data, &length));
  return give(env, returned < 0 ? returned : (int64_t)length);
}

static napi_value hutong_getsockname(napi_env env, napi_callback_info info) {
  return get_address(env, info, getsockname);
}
static napi_value hutong_getpeername(napi_env env, napi_callback_info info) {
  return get_address(env, info, getpeername);
}

// getsockopt(fd, level, option, value): gives the value's length.
static napi_value hutong_getsockopt(napi_env env, napi_callback_info info) {
  TAKE(4);
  int fd, level, option;
  struct bytes value;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &level, "level") ||
      !take_int(env, argv[2], &option, "option") || !take_bytes(env, argv[3], &value, "value"))
    return NULL;
  socklen_t length = (socklen_t)value.length;
  int64_t returned = result(getsockopt(fd, level, option, value.data, &length));
  return give(env, returned < 0 ? returned : (int64_t)length);
}

static napi_value hutong_setsockopt(napi_env env, napi_callback_info info) {
  TAKE(4);
  int fd, level, option;
  struct bytes value;
  if (!take_int(env, argv[0], &fd, "fd") || !take_int(env, argv[1], &level, "level") ||
      !take_int(env, argv[2], &option, "option") || !take_bytes(env, argv[3], &value, "value"))
    return NULL;
  return give(env, result(setsockopt(fd, level, option, value.data, (socklen_t)value.length)));
}

void init_socket(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"socket", hutong_socket},           {"socketpair", hutong_socketpair},   {"bind", hutong_bind},
      {"connect", hutong_connect},         {"listen", hutong_listen},           {"accept4", hutong_accept4},
      {"shutdown", hutong_shutdown},       {"getsockname", hutong_getsockname}, {"getpeername", hutong_getpeername},
      {"getsockopt", hutong_getsockopt},   {"setsockopt", hutong_setsockopt},
  };
  define(env, exports, functions, COUNT(functions));
}
