// epoll(7): a descriptor that is readable when another one is ready. What watches it changes no flag of the other.
#include "addon.h"

#include <sys/epoll.h>

static napi_value hutong_epoll_create1(napi_env env, napi_callback_info info) {
  TAKE(1);
  int flags;
  if (!take_int(env, argv[0], &flags, "flags")) return NULL;
  return give(env, result(epoll_create1(flags)));
}

// epoll_ctl(epoll, operation, fd, events)
static napi_value hutong_epoll_ctl(napi_env env, napi_callback_info info) {
  TAKE(4);
  int epoll, operation, fd, events;
  if (!take_int(env, argv[0], &epoll, "epoll") || !take_int(env, argv[1], &operation, "operation") ||
      !take_int(env, argv[2], &fd, "fd") || !take_int(env, argv[3], &events, "events"))
    return NULL;
  struct epoll_event event = {.events = (uint32_t)events};
  return give(env, result(epoll_ctl(epoll, operation, fd, &event)));
}

void init_epoll(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"epoll_create1", hutong_epoll_create1},
      {"epoll_ctl", hutong_epoll_ctl},
  };
  define(env, exports, functions, COUNT(functions));
}
