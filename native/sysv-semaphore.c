// semget(2), semctl(2), semtimedop(2): System V semaphore sets.
//
// An operation has nothing to marshal: the block holds its arguments, filled by JavaScript, and its result (see quick.c,
// and src/sys/sysv-semaphore.ts for the other side). More operations than the block holds come as a buffer.
#include "addon.h"
#include "futex.h"
#include "raw.h"

#include <linux/sem.h>
#include <stddef.h>

// The C library's headers and the kernel's own cannot be included together, and only these have struct semid64_ds.

enum { BLOCK_OPERATIONS = 16, THOUSAND = 1000, MILLION = 1000 * 1000, BILLION = 1000 * 1000 * 1000 };

// Doubles hold every value exactly.
struct block {
  double id, count, timeout, result;
  struct sembuf operations[BLOCK_OPERATIONS];
};
static _Thread_local struct block block;

// What is left until `deadline`: the kernel takes no time of a clock here.
static struct timespec left_until(const struct timespec *deadline) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t left = (int64_t)(deadline->tv_sec - now.tv_sec) * BILLION + (deadline->tv_nsec - now.tv_nsec);
  if (left < 0) left = 0;
  return (struct timespec){left / BILLION, left % BILLION};
}

// EINTR is retried: no signal ever restarts this call by itself.
static long operate(int id, struct sembuf *operations, size_t count, double timeout) {
  long returned;
  if (timeout < 0) {
    do returned = raw_syscall5(SYS_semtimedop, id, (long)operations, (long)count, 0, 0);
    while (returned == -EINTR);
    return returned;
  }
  struct timespec deadline = futex_deadline(timeout);
  do {
    struct timespec left = left_until(&deadline);
    returned = raw_syscall5(SYS_semtimedop, id, (long)operations, (long)count, (long)&left, 0);
  } while (returned == -EINTR);
  return returned;
}

static napi_value hutong_semget(napi_env env, napi_callback_info info) {
  TAKE(3);
  int key, count, flags;
  if (!take_int(env, argv[0], &key, "key") || !take_int(env, argv[1], &count, "count") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, raw_syscall3(SYS_semget, key, count, flags));
}

// How much memory a command of semctl(2) reads or writes at its last argument.
static size_t size_for(int id, int command) {
  struct semid64_ds about;
  if (command == GETVAL || command == SETVAL || command == IPC_RMID) return 0;
  if (command != GETALL && command != SETALL) return sizeof about;
  long failed = raw_syscall5(SYS_semctl, id, 0, IPC_STAT, (long)&about, 0);
  return failed < 0 ? 0 : about.sem_nsems * sizeof(unsigned short); // it will fail for the same reason, but for write-only sets
}

// semctl(id, index, command, argument?): a number for SETVAL, a buffer where the command wants one.
static napi_value hutong_semctl(napi_env env, napi_callback_info info) {
  TAKE(4);
  int id, index, command, value = 0;
  struct bytes buffer = {0};
  if (!take_int(env, argv[0], &id, "id") || !take_int(env, argv[1], &index, "index") ||
      !take_int(env, argv[2], &command, "command"))
    return NULL;
  if (command == SETVAL) {
    if (!take_int(env, argv[3], &value, "value")) return NULL;
    return give(env, raw_syscall5(SYS_semctl, id, index, command, value, 0));
  }
  if (!is_undefined(env, argv[3])) {
    if (!take_bytes(env, argv[3], &buffer, "argument")) return NULL;
    if (buffer.length < size_for(id, command)) {
      napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "argument must have room for what the command writes");
      return NULL;
    }
  }
  return give(env, raw_syscall5(SYS_semctl, id, index, command, (long)buffer.data, 0));
}

// semtimedop(id, operations, timeout): any number of struct sembuf; `timeout` in ms, negative for ever.
static napi_value hutong_semtimedop(napi_env env, napi_callback_info info) {
  TAKE(3);
  int id;
  double timeout;
  struct bytes operations;
  if (!take_int(env, argv[0], &id, "id") || !take_bytes(env, argv[1], &operations, "operations")) return NULL;
  if (napi_get_value_double(env, argv[2], &timeout) != napi_ok) {
    throw_type(env, "timeout", "a number");
    return NULL;
  }
  return give(env, operate(id, (void *)operations.data, operations.length / sizeof(struct sembuf), timeout));
}

// semaphoreBlock(): the block.
static napi_value hutong_semaphore_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

// semaphoreOperate(): what the block says.
static napi_value hutong_semaphore_operate(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  struct block *b = &block;
  b->result = (double)operate((int)b->id, b->operations, (size_t)b->count, b->timeout);
  return NULL;
}

void init_sysv_semaphore(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"semget", hutong_semget},
      {"semctl", hutong_semctl},
      {"semtimedop", hutong_semtimedop},
      {"semaphoreBlock", hutong_semaphore_block},
      {"semaphoreOperate", hutong_semaphore_operate},
  };
  // struct semid64_ds is not the same on every architecture.
  static const struct constant fields[] = {
      {"operatedAt", offsetof(struct semid64_ds, sem_otime)},
      {"changedAt", offsetof(struct semid64_ds, sem_ctime)},
      {"count", offsetof(struct semid64_ds, sem_nsems)},
      {"size", sizeof(struct semid64_ds)},
  };
  napi_value layout = NULL;
  napi_create_object(env, &layout);
  define_constants(env, layout, fields, COUNT(fields));
  define_value(env, exports, "semidLayout", layout);
  define(env, exports, functions, COUNT(functions));
}
