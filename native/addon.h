// What every file in native/ shares: taking arguments, giving results, registering functions.
//
// A native function is flat: it takes its arguments, makes one call, and gives back `>= 0` or `-errno`.
// It throws only for arguments of the wrong type, which is a bug in src/sys, never a fact about the world.
//
// A napi_value starts as NULL: in a worker that is being terminated every call into Node may fail, and what it should have
// filled would be returned as it was.
#ifndef HUTONG_ADDON_H
#define HUTONG_ADDON_H

#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The memory behind a typed array, DataView or ArrayBuffer. Valid until the native function returns.
struct bytes {
  uint8_t *data;
  size_t length;
};

// Per environment (main thread or worker); see addon.c.
struct instance {
  struct loop *loop;
  struct waiters *waiters;
};

struct function {
  const char *name;
  napi_callback callback;
};

struct constant {
  const char *name;
  int64_t value;
};

// Reads up to `count` arguments into `argv`; absent ones are undefined.
#define TAKE(count)                                                                                          \
  napi_value argv[count];                                                                                    \
  do {                                                                                                       \
    size_t argc_ = (count);                                                                                  \
    napi_get_cb_info(env, info, &argc_, argv, NULL, NULL);                                                   \
  } while (0)

// Each answers false after throwing a TypeError that names the argument.
bool take_int(napi_env env, napi_value value, int *out, const char *name);
bool take_int64(napi_env env, napi_value value, int64_t *out, const char *name);
bool take_bytes(napi_env env, napi_value value, struct bytes *out, const char *name);
// Copies a string with its NUL. Longer than `size - 1` bytes of UTF-8, or holding a NUL: throws RangeError.
bool take_text(napi_env env, napi_value value, char *out, size_t size, const char *name);
// For paths: as take_text, but an over-long path is cut to PATH_MAX characters so that the kernel answers ENAMETOOLONG.
bool take_path(napi_env env, napi_value value, char *out, const char *name);
#define PATH_SIZE (4096 + 2)

bool is_undefined(napi_env env, napi_value value);
void throw_type(napi_env env, const char *name, const char *wanted);

// A number; exact up to 2^53.
napi_value give(napi_env env, int64_t value);
// A thread's block of memory, where JavaScript writes arguments and reads results so that nothing is marshalled (see quick.c),
// as an ArrayBuffer; or -ENOSYS where no buffer may lie outside JavaScript's heap.
napi_value give_block(napi_env env, void *block, size_t size);
// Calls `fn` as an event-loop callback; an exception in it becomes an uncaughtException, as in Node's own.
void call_back(napi_env env, napi_ref callback, size_t argc, const napi_value *argv);

// `-1` of a libc wrapper becomes `-errno`. Use directly on the call: `give(env, result(close(fd)))`.
static inline int64_t result(int64_t returned) { return returned < 0 ? -(int64_t)errno : returned; }

struct instance *instance_of(napi_env env);
// Throws, when the addon is loaded, if another file has defined the name already.
void define_value(napi_env env, napi_value exports, const char *name, napi_value value);
void define(napi_env env, napi_value exports, const struct function *functions, size_t count);
void define_constants(napi_env env, napi_value target, const struct constant *constants, size_t count);
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// One per file; each adds its functions to `exports`.
void init_owned(napi_env env, napi_value exports);
void init_errno(napi_env env, napi_value exports);
void init_constants(napi_env env, napi_value exports);
void init_file(napi_env env, napi_value exports);
void init_quick(napi_env env, napi_value exports);
void init_pipe(napi_env env, napi_value exports);
void init_loop(napi_env env, napi_value exports);
void init_wait(napi_env env, napi_value exports);
void init_deadline(napi_env env, napi_value exports);
void init_event(napi_env env, napi_value exports);
void init_epoll(napi_env env, napi_value exports);
void init_mqueue(napi_env env, napi_value exports);
void init_futex(napi_env env, napi_value exports);
void init_mutex(napi_env env, napi_value exports);
void init_file_lock(napi_env env, napi_value exports);
void init_libc(napi_env env, napi_value exports);
void init_condition(napi_env env, napi_value exports);
void init_program(napi_env env, napi_value exports);
void init_semaphore(napi_env env, napi_value exports);
void init_pidfd(napi_env env, napi_value exports);
void init_signal(napi_env env, napi_value exports);
void init_signal_quick(napi_env env, napi_value exports);
void init_mask(napi_env env, napi_value exports);
void init_timer(napi_env env, napi_value exports);
void init_socket(napi_env env, napi_value exports);
void init_message(napi_env env, napi_value exports);
void init_memory(napi_env env, napi_value exports);
void init_sysv_queue(napi_env env, napi_value exports);
void init_sysv_semaphore(napi_env env, napi_value exports);
void init_sysv_memory(napi_env env, napi_value exports);
void init_mount(napi_env env, napi_value exports);

#endif
