// Registers every function, and the small helpers that addon.h declares.
#include "addon.h"

#include <stdlib.h>
#include <string.h>

bool is_undefined(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_undefined;
}

void throw_type(napi_env env, const char *name, const char *wanted) {
  char message[160] = "";
  strncat(message, name, 60);
  strncat(message, " must be ", 10);
  strncat(message, wanted, 80);
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
}

bool take_int(napi_env env, napi_value value, int *out, const char *name) {
  if (napi_get_value_int32(env, value, out) == napi_ok) return true;
  throw_type(env, name, "a number");
  return false;
}

bool take_int64(napi_env env, napi_value value, int64_t *out, const char *name) {
  if (napi_get_value_int64(env, value, out) == napi_ok) return true;
  throw_type(env, name, "a number");
  return false;
}

bool take_bytes(napi_env env, napi_value value, struct bytes *out, const char *name) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) == napi_ok) {
    static const uint8_t width[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    size_t each = (size_t)type < sizeof width ? width[type] : 2;
    *out = (struct bytes){data, length * each};
    return true;
  }
  if (napi_get_dataview_info(env, value, &length, &data, NULL, NULL) == napi_ok ||
      napi_get_arraybuffer_info(env, value, &data, &length) == napi_ok) {
    *out = (struct bytes){data, length};
    return true;
  }
  throw_type(env, name, "a typed array, DataView or ArrayBuffer");
  return false;
}

bool take_text(napi_env env, napi_value value, char *out, size_t size, const char *name) {
  size_t length, copied;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    throw_type(env, name, "a string");
    return false;
  }
  napi_get_value_string_utf8(env, value, out, size, &copied);
  if (length < size && memchr(out, 0, length) == NULL) return true;
  napi_throw_range_error(env, "ERR_OUT_OF_RANGE", length < size ? "a name must not contain NUL" : "the name is too long");
  return false;
}

bool take_path(napi_env env, napi_value value, char *out, const char *name) {
  size_t copied;
  if (napi_get_value_string_utf8(env, value, out, PATH_SIZE, &copied) != napi_ok) {
    throw_type(env, name, "a string");
    return false;
  }
  if (memchr(out, 0, copied) == NULL) return true;
  napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "a path must not contain NUL");
  return false;
}

napi_value give(napi_env env, int64_t value) {
  napi_value given = NULL;
  if (value == (int32_t)value) napi_create_int32(env, (int32_t)value, &given);
  else napi_create_int64(env, value, &given);
  return given;
}

napi_value give_block(napi_env env, void *block, size_t size) {
  napi_value buffer = NULL;
  napi_status status = napi_create_external_arraybuffer(env, block, size, NULL, NULL, &buffer);
  return status == napi_ok ? buffer : give(env, -ENOSYS);
}

void call_back(napi_env env, napi_ref callback, size_t argc, const napi_value *argv) {
  napi_value fn = NULL, receiver = NULL, returned = NULL, error = NULL;
  if (napi_get_reference_value(env, callback, &fn) != napi_ok || fn == NULL) return;
  napi_get_global(env, &receiver);
  napi_status status = napi_make_callback(env, NULL, receiver, fn, argc, argv, &returned);
  if (status == napi_pending_exception && napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);
}

struct instance *instance_of(napi_env env) {
  void *data = NULL;
  napi_get_instance_data(env, &data);
  return data;
}

void define_value(napi_env env, napi_value exports, const char *name, napi_value value) {
  napi_value key = NULL;
  bool pending, taken = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return; // the first name is told
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &key);
  napi_has_own_property(env, exports, key, &taken);
  if (!taken) {
    napi_set_named_property(env, exports, name, value);
    return;
  }
  char message[160] = "two files of the hutong addon define ";
  strncat(message, name, 80);
  napi_throw_error(env, NULL, message);
}

void define(napi_env env, napi_value exports, const struct function *functions, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value fn = NULL;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].callback, NULL, &fn);
    define_value(env, exports, functions[i].name, fn);
  }
}

void define_constants(napi_env env, napi_value target, const struct constant *constants, size_t count) {
  for (size_t i = 0; i < count; i++)
    napi_set_named_property(env, target, constants[i].name, give(env, constants[i].value));
}

static void free_instance(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

NAPI_MODULE_INIT() {
  struct instance *instance = calloc(1, sizeof *instance);
  if (instance == NULL || napi_set_instance_data(env, instance, free_instance, NULL) != napi_ok) {
    free(instance);
    napi_throw_error(env, NULL, "out of memory while loading the hutong addon");
    return NULL;
  }
  init_owned(env, exports);
  init_errno(env, exports);
  init_constants(env, exports);
  init_file(env, exports);
  init_quick(env, exports);
  init_pipe(env, exports);
  init_loop(env, exports);
  init_wait(env, exports);
  init_deadline(env, exports);
  init_event(env, exports);
  init_epoll(env, exports);
  init_mqueue(env, exports);
  init_futex(env, exports);
  init_mutex(env, exports);
  init_file_lock(env, exports);
  init_libc(env, exports);
  init_condition(env, exports);
  init_program(env, exports);
  init_semaphore(env, exports);
  init_pidfd(env, exports);
  init_signal(env, exports);
  init_signal_quick(env, exports);
  init_mask(env, exports);
  init_timer(env, exports);
  init_socket(env, exports);
  init_message(env, exports);
  init_memory(env, exports);
  init_sysv_queue(env, exports);
  init_sysv_semaphore(env, exports);
  init_sysv_memory(env, exports);
  init_mount(env, exports);
  return exports;
}
