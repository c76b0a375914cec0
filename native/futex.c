// futex(2) on a 32-bit word in shared memory, by its address. Always the process-shared form: the kernel finds the word by
// the page it lies in, so processes that map it at different addresses meet.
#include "addon.h"
#include "futex.h"
#include "raw.h"

#include <linux/futex.h>
#include <math.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THOUSAND = 1000, MILLION = 1000 * 1000, BILLION = 1000 * 1000 * 1000 };

struct timespec futex_deadline(double milliseconds) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  double whole = floor(milliseconds / THOUSAND);
  at.tv_sec += (time_t)whole;
  at.tv_nsec += (long)((milliseconds - whole * THOUSAND) * MILLION);
  if (at.tv_nsec >= BILLION) {
    at.tv_nsec -= BILLION;
    at.tv_sec++;
  }
  return at;
}

// address(buffer): where its first byte lies. Good for as long as the buffer is alive and its length stays.
static napi_value hutong_address(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct bytes bytes;
  if (!take_bytes(env, argv[0], &bytes, "buffer")) return NULL;
  return give(env, (int64_t)(intptr_t)bytes.data);
}

static bool take_word(napi_env env, napi_value *argv, int64_t *address, int *value, const char *name) {
  return take_int64(env, argv[0], address, "address") && take_int(env, argv[1], value, name);
}

// futexWait(address, expected, timeout): blocks this thread while the word is `expected`, at most `timeout` ms (negative:
// for ever). 0: woken; -EAGAIN: it is something else; -ETIMEDOUT. Made again after a signal, so never -EINTR.
static napi_value hutong_futex_wait(napi_env env, napi_callback_info info) {
  TAKE(3);
  int64_t address;
  int expected;
  double timeout;
  if (!take_word(env, argv, &address, &expected, "expected")) return NULL;
  if (napi_get_value_double(env, argv[2], &timeout) != napi_ok) {
    throw_type(env, "timeout", "a number");
    return NULL;
  }
  struct timespec at = {0};
  if (timeout >= 0) at = futex_deadline(timeout);
  long returned;
  do {
    returned = syscall(SYS_futex, address, FUTEX_WAIT_BITSET, expected, timeout >= 0 ? &at : NULL, NULL,
                       FUTEX_BITSET_MATCH_ANY);
  } while (returned < 0 && errno == EINTR);
  return give(env, result(returned));
}

// futexWake(address, count): how many were woken.
static napi_value hutong_futex_wake(napi_env env, napi_callback_info info) {
  TAKE(2);
  int64_t address;
  int count;
  if (!take_word(env, argv, &address, &count, "count")) return NULL;
  return give(env, raw_syscall3(SYS_futex, (long)address, FUTEX_WAKE, count));
}

void init_futex(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"address", hutong_address},
      {"futexWait", hutong_futex_wait},
      {"futexWake", hutong_futex_wake},
  };
  define(env, exports, functions, COUNT(functions));
}
