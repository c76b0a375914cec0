// sigqueue(3), rt_sigtimedwait(2) and reading a signalfd with nothing to marshal: the arguments lie in a block of memory
// that JavaScript fills, the result comes back there (src/sys/signal-quick.ts). For signals that go to and fro.
//
// State: the block, one per thread, as in quick.c.
#include "addon.h"
#include "mask.h"
#include "raw.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { INFO_BYTES = 128, THOUSAND = 1000, MILLION = 1000 * 1000 };

struct block {
  int32_t result, fd, pid, signum, value[2], timeout, unused;
  uint64_t set;
  uint8_t info[INFO_BYTES];
};
static _Thread_local struct block block;

// The block, as an ArrayBuffer.
static napi_value hutong_signal_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

static napi_value hutong_quick_queue(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  struct block *b = &block;
  siginfo_t made;
  memset(&made, 0, sizeof made);
  made.si_signo = b->signum;
  made.si_code = SI_QUEUE;
  made.si_pid = getpid();
  made.si_uid = getuid();
  memcpy(&made.si_value, b->value, sizeof b->value);
  b->result = (int32_t)raw_syscall3(SYS_rt_sigqueueinfo, b->pid, b->signum, (long)&made);
  return NULL;
}

// Blocks this thread; a timeout of -1 is for ever.
static napi_value hutong_quick_take(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  struct block *b = &block;
  struct timespec limit = {.tv_sec = b->timeout / THOUSAND, .tv_nsec = b->timeout % THOUSAND * MILLION};
  long taken = syscall(SYS_rt_sigtimedwait, &b->set, b->info, b->timeout < 0 ? NULL : &limit, SET_BYTES);
  b->result = (int32_t)result(taken);
  return NULL;
}

static napi_value hutong_quick_signalfd(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  block.result = (int32_t)raw_syscall3(SYS_read, block.fd, (long)block.info, INFO_BYTES);
  return NULL;
}

void init_signal_quick(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"signalBlock", hutong_signal_block},
      {"quickQueue", hutong_quick_queue},
      {"quickTake", hutong_quick_take},
      {"quickSignalfd", hutong_quick_signalfd},
  };
  define(env, exports, functions, COUNT(functions));
}
