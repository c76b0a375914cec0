// The SIGBUS and SIGSEGV handlers. A fault inside one of our ranges is repaired and the access runs again; every other
// signal goes to whoever handled it before us.
//
// libuv and the guard: libuv calls sigaction only when the first uv_signal of a number starts and when the last one
// stops. We hold one ourselves from before our handlers are installed, so a listener that comes or goes later changes
// nothing; and libuv's own handler, which would return into the same fault for ever, is never given a real fault.
#include "guard.h"
#include "addon.h"
#include "repair.h"
#include "uv.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNALS = 2 };
static const int signals[SIGNALS] = {SIGBUS, SIGSEGV};

struct hold {
  napi_env env;
  struct hold *next;
  uv_handle_t *handles[SIGNALS];
  size_t open;
  napi_async_cleanup_hook_handle hook;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hold *holds;
static bool installed;
// Written before the handler is installed, read in it.
static struct sigaction before[SIGNALS];
static void (*libuv_handler)(int signum);
static atomic_int listening[SIGNALS]; // JavaScript has a listener for this signal

static size_t index_of(int signum) { return signum == SIGBUS ? 0 : 1; }

static bool repair(int signum, const siginfo_t *info) {
  bool lost = signum == SIGBUS && info->si_code == BUS_ADRERR;
  bool written = signum == SIGSEGV && info->si_code == SEGV_ACCERR;
  if (!lost && !written) return false;
  uintptr_t address = (uintptr_t)info->si_addr;
  struct region *region = region_at(address);
  if (region == NULL) return false;
  // The one who holds it is in this handler too, with all signals blocked: it goes on.
  while (atomic_exchange(&region->busy, 1) != 0) sched_yield();
  bool repaired = lost ? repair_lost(region, address) : repair_write(region, address);
  atomic_store(&region->busy, 0);
  return repaired;
}

static void pass_on(int signum, siginfo_t *info, void *context) {
  const struct sigaction *earlier = &before[index_of(signum)];
  bool sent = info->si_code <= 0; // by kill(2) and the like: not a fault
  if (sent && atomic_load(&listening[index_of(signum)])) libuv_handler(signum);
  else if ((earlier->sa_flags & SA_SIGINFO) != 0) earlier->sa_sigaction(signum, info, context);
  else if (earlier->sa_handler == SIG_IGN && sent) return;
  else if (earlier->sa_handler != SIG_DFL && earlier->sa_handler != SIG_IGN) earlier->sa_handler(signum);
  else {
    // A fault happens again as soon as we return, and then kills the process as it should.
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(signum, &standard, NULL);
    if (sent) syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signum);
  }
}

static void on_signal(int signum, siginfo_t *info, void *context) {
  int saved = errno;
  if (!repair(signum, info)) pass_on(signum, info, context);
  errno = saved;
}

static void install(size_t index) {
  struct sigaction ours = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
  sigfillset(&ours.sa_mask);
  sigaction(signals[index], &ours, NULL);
}

static void ignore_signal(uv_handle_t *handle, int signum) {
  (void)handle;
  (void)signum;
}

static void on_hold_closed(uv_handle_t *handle) {
  struct hold *hold = uv_handle_get_data(handle);
  free(handle);
  if (--hold->open > 0) return;
  napi_async_cleanup_hook_handle hook = hold->hook;
  free(hold);
  if (hook != NULL) napi_remove_async_cleanup_hook(hook);
}

// The last uv_signal of a number takes every handler with it, ours too: put ours back.
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  struct hold *hold = data;
  hold->hook = hook;
  pthread_mutex_lock(&lock);
  for (struct hold **link = &holds; *link != NULL; link = &(*link)->next)
    if (*link == hold) {
      *link = hold->next;
      break;
    }
  for (size_t i = 0; i < SIGNALS; i++) {
    struct sigaction current;
    uv_close(hold->handles[i], on_hold_closed);
    if (sigaction(signals[i], NULL, &current) == 0 && current.sa_handler == SIG_DFL) install(i);
  }
  pthread_mutex_unlock(&lock);
}

// libuv has one handler for all signals. SIGURG is ignored by default, so a moment of it changes nothing.
static void learn_libuv_handler(uv_handle_t *probe) {
  struct sigaction found, current;
  if (sigaction(SIGURG, NULL, &found) < 0 || uv_signal_start(probe, ignore_signal, SIGURG) != 0) return;
  if (sigaction(SIGURG, NULL, &current) == 0) libuv_handler = current.sa_handler;
  uv_signal_stop(probe);
  sigaction(SIGURG, &found, NULL);
}

// Before anything of ours is installed.
static void remember_before(uv_handle_t *probe) {
  learn_libuv_handler(probe);
  for (size_t i = 0; i < SIGNALS; i++) {
    sigaction(signals[i], NULL, &before[i]);
    if ((before[i].sa_flags & SA_SIGINFO) != 0 || before[i].sa_handler != libuv_handler) continue;
    before[i].sa_handler = SIG_DFL;
    atomic_store(&listening[i], libuv_handler != NULL);
  }
}

// Starting the first uv_signal of a number puts libuv's handler in the place of whatever was there: ours too, when the
// environment that held one before has ended.
static void start_signals(struct hold *hold) {
  for (size_t i = 0; i < SIGNALS; i++) {
    struct sigaction current;
    uv_signal_start(hold->handles[i], ignore_signal, signals[i]);
    sigaction(signals[i], NULL, &current);
    if (!installed || current.sa_handler == libuv_handler) install(i);
  }
  installed = true;
}

static struct hold *create_hold(napi_env env) {
  struct uv_loop_s *loop;
  struct hold *hold = calloc(1, sizeof *hold);
  bool whole = hold != NULL && napi_get_uv_event_loop(env, &loop) == napi_ok;
  for (size_t i = 0; whole && i < SIGNALS; i++) whole = (hold->handles[i] = calloc(1, uv_handle_size(UV_SIGNAL))) != NULL;
  if (!whole) {
    for (size_t i = 0; hold != NULL && i < SIGNALS; i++) free(hold->handles[i]);
    free(hold);
    return NULL;
  }
  hold->env = env;
  for (; hold->open < SIGNALS; hold->open++) {
    // Cannot fail: the loop's signal pipe exists since the loop does.
    uv_signal_init(loop, hold->handles[hold->open]);
    uv_handle_set_data(hold->handles[hold->open], hold);
    uv_unref(hold->handles[hold->open]);
  }
  return hold;
}

int guard_arm(napi_env env) {
  pthread_mutex_lock(&lock);
  struct hold *hold = holds;
  while (hold != NULL && hold->env != env) hold = hold->next;
  bool armed = hold != NULL;
  if (!armed && (hold = create_hold(env)) != NULL) {
    if (!installed) remember_before(hold->handles[0]);
    start_signals(hold);
    hold->next = holds;
    holds = hold;
    napi_add_async_cleanup_hook(env, on_environment_end, hold, NULL);
    armed = true;
  }
  pthread_mutex_unlock(&lock);
  return armed ? 0 : -ENOMEM;
}

// guardListening(signal, on): whether JavaScript listens to SIGBUS or SIGSEGV, so that kill(2) reaches it and otherwise
// ends the process, as without us.
static napi_value hutong_guard_listening(napi_env env, napi_callback_info info) {
  TAKE(2);
  int signum;
  bool on = false;
  if (!take_int(env, argv[0], &signum, "signal") || napi_get_value_bool(env, argv[1], &on) != napi_ok) return NULL;
  if (signum == SIGBUS || signum == SIGSEGV) atomic_store(&listening[index_of(signum)], on && libuv_handler != NULL);
  return NULL;
}

void init_guard(napi_env env, napi_value exports) {
  static const struct function functions[] = {{"guardListening", hutong_guard_listening}};
  define(env, exports, functions, COUNT(functions));
}
