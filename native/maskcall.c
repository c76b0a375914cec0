// JavaScript's side of mask.c: which signals the process has blocked, and for whom.
//
// A signal is blocked because the program said so (`maskBlock`, until `maskUnblock`), or because listeners hold it
// (`maskHold`, until the last one lets go). A listener goes with its environment; what the program said stays.
//
// State: process-wide, under one lock, as the mask is; per environment, what its listeners hold.
#include "addon.h"
#include "mask.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 64, MOST_DISCARDED = 1 << 20 };

struct holds {
  unsigned count[SIGNALS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t blocked, managed, current;
static unsigned held[SIGNALS];

static uint64_t set_of(int signum) { return (uint64_t)1 << (signum - 1); }

static uint64_t wanted(void) {
  uint64_t set = blocked;
  for (int i = 0; i < SIGNALS; i++)
    if (held[i] > 0) set |= set_of(i + 1);
  return set;
}

// With the lock held.
static int apply(void) {
  uint64_t now = wanted();
  if (now == current) return 0;
  managed |= now;
  int status = mask_threads(managed, now);
  if (status == 0) current = now;
  return status;
}

static bool would_end_us(int signum) {
  struct sigaction action;
  if (signum == SIGCHLD || signum == SIGCONT || signum == SIGURG || signum == SIGWINCH) return false;
  if (signum >= 32 && signum < SIGRTMIN) return false;
  return sigaction(signum, NULL, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL;
}

// What came for a listener that is gone must not end the process when the signal is unblocked: it is discarded. One
// that somebody handles reaches that handler instead. With the lock held.
static void discard_pending(uint64_t leaving) {
  const struct timespec now = {0};
  uint64_t set = 0;
  siginfo_t info;
  for (int signum = 1; signum <= SIGNALS; signum++)
    if ((leaving & set_of(signum)) != 0 && would_end_us(signum)) set |= set_of(signum);
  for (int i = 0; set != 0 && i < MOST_DISCARDED; i++)
    if (syscall(SYS_rt_sigtimedwait, &set, &info, &now, SET_BYTES) < 0 && errno != EINTR) break;
}

bool take_set(napi_env env, napi_value value, uint64_t *set) {
  struct bytes bytes;
  if (!take_bytes(env, value, &bytes, "set")) return false;
  if (bytes.length == SET_BYTES) return memcpy(set, bytes.data, SET_BYTES) != NULL;
  throw_type(env, "set", "8 bytes");
  return false;
}

// maskBlock(set), maskUnblock(set): 0 or -errno. Unblocked signals that are pending come at once.
static napi_value block(napi_env env, napi_callback_info info, bool wants) {
  TAKE(1);
  uint64_t set;
  if (!take_set(env, argv[0], &set)) return NULL;
  pthread_mutex_lock(&lock);
  uint64_t before = blocked;
  blocked = wants ? blocked | set : blocked & ~set;
  int status = apply();
  if (status < 0) blocked = before;
  pthread_mutex_unlock(&lock);
  return give(env, status);
}

static napi_value hutong_mask_block(napi_env env, napi_callback_info info) { return block(env, info, true); }
static napi_value hutong_mask_unblock(napi_env env, napi_callback_info info) { return block(env, info, false); }

// With the lock held. Only of what this environment holds.
static void let_go(struct holds *holds, uint64_t set) {
  for (int i = 0; i < SIGNALS; i++)
    if ((set & set_of(i + 1)) != 0 && holds->count[i] > 0) {
      holds->count[i]--;
      held[i]--;
    }
}

static struct holds *holds_of(napi_env env, napi_callback_info info, uint64_t *set) {
  napi_value argv[1];
  size_t argc = 1;
  void *holds;
  napi_get_cb_info(env, info, &argc, argv, NULL, &holds);
  return take_set(env, argv[0], set) ? holds : NULL;
}

// maskHold(set): 0 or -errno.
static napi_value hutong_mask_hold(napi_env env, napi_callback_info info) {
  uint64_t set;
  struct holds *holds = holds_of(env, info, &set);
  if (holds == NULL) return NULL;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < SIGNALS; i++)
    if ((set & set_of(i + 1)) != 0) {
      holds->count[i]++;
      held[i]++;
    }
  int status = apply();
  if (status < 0) let_go(holds, set);
  pthread_mutex_unlock(&lock);
  return give(env, status);
}

// maskLetGo(set): what nobody else holds or has blocked is unblocked; see discard_pending.
static napi_value hutong_mask_let_go(napi_env env, napi_callback_info info) {
  uint64_t set;
  struct holds *holds = holds_of(env, info, &set);
  if (holds == NULL) return NULL;
  pthread_mutex_lock(&lock);
  let_go(holds, set);
  discard_pending(current & ~wanted());
  int status = apply();
  pthread_mutex_unlock(&lock);
  return give(env, status);
}

// maskBlocked(set): what the program has blocked, without what only listeners hold.
static napi_value hutong_mask_blocked(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct bytes out;
  if (!take_bytes(env, argv[0], &out, "set")) return NULL;
  if (out.length < SET_BYTES) return give(env, -EINVAL);
  pthread_mutex_lock(&lock);
  memcpy(out.data, &blocked, SET_BYTES);
  pthread_mutex_unlock(&lock);
  return give(env, 0);
}

static void on_environment_end(void *data) {
  struct holds *holds = data;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < SIGNALS; i++) {
    held[i] -= holds->count[i];
    holds->count[i] = 0;
  }
  // With the main thread the process ends: a signal that comes now must not change how.
  if (syscall(SYS_gettid) != getpid()) {
    discard_pending(current & ~wanted());
    apply();
  }
  pthread_mutex_unlock(&lock);
  free(holds);
}

void init_mask(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"maskBlock", hutong_mask_block},
      {"maskUnblock", hutong_mask_unblock},
      {"maskBlocked", hutong_mask_blocked},
  };
  struct holds *holds = calloc(1, sizeof *holds);
  if (holds == NULL || napi_add_env_cleanup_hook(env, on_environment_end, holds) != napi_ok) {
    free(holds);
    napi_throw_error(env, NULL, "out of memory while loading the hutong addon");
    return;
  }
  napi_value hold = NULL, drop = NULL;
  napi_create_function(env, "maskHold", NAPI_AUTO_LENGTH, hutong_mask_hold, holds, &hold);
  napi_create_function(env, "maskLetGo", NAPI_AUTO_LENGTH, hutong_mask_let_go, holds, &drop);
  define_value(env, exports, "maskHold", hold);
  define_value(env, exports, "maskLetGo", drop);
  define(env, exports, functions, COUNT(functions));
}
