// eventfd(2). Reads and writes go through read(2) and write(2) on 8 bytes.
#include "addon.h"

#include <sys/eventfd.h>

static napi_value hutong_eventfd(napi_env env, napi_callback_info info) {
  TAKE(2);
  int64_t initial;
  int flags;
  if (!take_int64(env, argv[0], &initial, "initial") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(eventfd((unsigned)initial, flags)));
}

void init_event(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"eventfd", hutong_eventfd}};
  define(env, exports, functions, COUNT(functions));
}
