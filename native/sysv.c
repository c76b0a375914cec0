// What msgctl(2) and shmctl(2) have in common; see sysv.h.
#include "sysv.h"
#include "raw.h"

#include <stdio.h>

napi_value sysv_control(napi_env env, napi_callback_info info, long number, size_t most) {
  TAKE(3);
  int id, command;
  struct bytes buffer = {0};
  if (!take_int(env, argv[0], &id, "id") || !take_int(env, argv[1], &command, "command")) return NULL;
  if (!is_undefined(env, argv[2])) {
    if (!take_bytes(env, argv[2], &buffer, "buffer")) return NULL;
    if (buffer.length < most) {
      char message[96];
      snprintf(message, sizeof message, "buffer must have room for the %zu bytes that a command may write", most);
      napi_throw_range_error(env, "ERR_OUT_OF_RANGE", message);
      return NULL;
    }
  }
  return give(env, raw_syscall3(number, id, command, (long)buffer.data));
}
