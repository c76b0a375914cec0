// kill(2), tgkill(2), rt_sigqueueinfo(2), signalfd(2), rt_sigtimedwait(2), sigpending(2), and dispositions by
// sigaction(2). A set of signals is 8 bytes, bit `signal - 1`, as the kernel has it. Blocking is in mask.c.
#include "addon.h"
#include "cancel.h"
#include "mask.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { THOUSAND = 1000, MILLION = 1000 * 1000 };

static napi_value hutong_kill(napi_env env, napi_callback_info info) {
  TAKE(2);
  int pid, signum;
  if (!take_int(env, argv[0], &pid, "pid") || !take_int(env, argv[1], &signum, "signal")) return NULL;
  return give(env, result(kill(pid, signum)));
}

static napi_value hutong_tgkill(napi_env env, napi_callback_info info) {
  TAKE(3);
  int pid, tid, signum;
  if (!take_int(env, argv[0], &pid, "pid") || !take_int(env, argv[1], &tid, "tid") ||
      !take_int(env, argv[2], &signum, "signal"))
    return NULL;
  return give(env, result(syscall(SYS_tgkill, pid, tid, signum)));
}

// What sigqueue(3) sends: the sender's pid and uid, and a value of pointer size.
static bool take_info(napi_env env, napi_value signal, napi_value value, siginfo_t *made) {
  int signum;
  struct bytes bytes;
  if (!take_int(env, signal, &signum, "signal") || !take_bytes(env, value, &bytes, "value")) return false;
  if (bytes.length != sizeof made->si_value) {
    throw_type(env, "value", "8 bytes");
    return false;
  }
  memset(made, 0, sizeof *made);
  made->si_signo = signum;
  made->si_code = SI_QUEUE;
  made->si_pid = getpid();
  made->si_uid = getuid();
  memcpy(&made->si_value, bytes.data, sizeof made->si_value);
  return true;
}

static napi_value hutong_rt_sigqueueinfo(napi_env env, napi_callback_info info) {
  TAKE(3);
  int pid;
  siginfo_t made;
  if (!take_int(env, argv[0], &pid, "pid") || !take_info(env, argv[1], argv[2], &made)) return NULL;
  return give(env, result(syscall(SYS_rt_sigqueueinfo, pid, made.si_signo, &made)));
}

static napi_value hutong_rt_tgsigqueueinfo(napi_env env, napi_callback_info info) {
  TAKE(4);
  int pid, tid;
  siginfo_t made;
  if (!take_int(env, argv[0], &pid, "pid") || !take_int(env, argv[1], &tid, "tid") ||
      !take_info(env, argv[2], argv[3], &made))
    return NULL;
  return give(env, result(syscall(SYS_rt_tgsigqueueinfo, pid, tid, made.si_signo, &made)));
}

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

// pidfd_send_signal(pidfd, signal, value | undefined, flags)
static napi_value hutong_pidfd_send_signal(napi_env env, napi_callback_info info) {
  TAKE(4);
  int pidfd, signum, flags;
  siginfo_t made, *sent = NULL;
  if (!take_int(env, argv[0], &pidfd, "pidfd") || !take_int(env, argv[1], &signum, "signal") ||
      !take_int(env, argv[3], &flags, "flags"))
    return NULL;
  if (!is_undefined(env, argv[2])) {
    if (!take_info(env, argv[1], argv[2], &made)) return NULL;
    sent = &made;
  }
  return give(env, result(syscall(SYS_pidfd_send_signal, pidfd, signum, sent, flags)));
}

static napi_value hutong_signalfd(napi_env env, napi_callback_info info) {
  TAKE(3);
  int fd, flags;
  uint64_t set;
  if (!take_int(env, argv[0], &fd, "fd") || !take_set(env, argv[1], &set) || !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, result(syscall(SYS_signalfd4, fd, &set, SET_BYTES, flags)));
}

// rt_sigtimedwait(set, info, timeout): blocks this thread; `timeout` in ms, -1 for ever. 128 bytes of siginfo_t.
static napi_value hutong_rt_sigtimedwait(napi_env env, napi_callback_info info) {
  TAKE(3);
  uint64_t set;
  int64_t timeout;
  struct bytes out;
  if (!take_set(env, argv[0], &set) || !take_bytes(env, argv[1], &out, "info") ||
      !take_int64(env, argv[2], &timeout, "timeout"))
    return NULL;
  if (out.length < sizeof(siginfo_t)) {
    throw_type(env, "info", "128 bytes");
    return NULL;
  }
  struct timespec limit = {.tv_sec = timeout / THOUSAND, .tv_nsec = timeout % THOUSAND * MILLION};
  return give(env, result(syscall(SYS_rt_sigtimedwait, &set, out.data, timeout < 0 ? NULL : &limit, SET_BYTES)));
}

// sigpending(set): what is pending for the process and for this thread.
static napi_value hutong_sigpending(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct bytes out;
  if (!take_bytes(env, argv[0], &out, "set")) return NULL;
  if (out.length < SET_BYTES) return give(env, -EINVAL);
  return give(env, result(syscall(SYS_rt_sigpending, out.data, SET_BYTES)));
}

enum { DEFAULT, IGNORED, HANDLED };

// disposition(signal): 0 default, 1 ignored, 2 a handler, or -errno.
static napi_value hutong_disposition(napi_env env, napi_callback_info info) {
  TAKE(1);
  int signum;
  struct sigaction action;
  if (!take_int(env, argv[0], &signum, "signal")) return NULL;
  if (sigaction(signum, NULL, &action) < 0) return give(env, -errno);
  if ((action.sa_flags & SA_SIGINFO) != 0) return give(env, HANDLED);
  return give(env, action.sa_handler == SIG_DFL ? DEFAULT : action.sa_handler == SIG_IGN ? IGNORED : HANDLED);
}

// setDisposition(signal, 0 | 1)
static napi_value hutong_set_disposition(napi_env env, napi_callback_info info) {
  TAKE(2);
  int signum, wanted;
  if (!take_int(env, argv[0], &signum, "signal") || !take_int(env, argv[1], &wanted, "disposition")) return NULL;
  struct sigaction action = {.sa_handler = wanted == IGNORED ? SIG_IGN : SIG_DFL};
  return give(env, result(sigaction(signum, &action, NULL)));
}

// Calls the plain handler (libuv's) that `signal` has, as if it had come to this thread. 1 if there was one. Everything
// is blocked meanwhile: libuv's handler takes a lock that a second one on this thread would wait for, for ever.
static napi_value hutong_call_handler(napi_env env, napi_callback_info info) {
  TAKE(1);
  int signum;
  struct sigaction action;
  uint64_t all = ~(uint64_t)0, before;
  if (!take_int(env, argv[0], &signum, "signal")) return NULL;
  if (sigaction(signum, NULL, &action) < 0) return give(env, -errno);
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
    return give(env, 0);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SET_BYTES);
  action.sa_handler(signum);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SET_BYTES);
  return give(env, 1);
}

static void name_signals(napi_env env, napi_value exports) {
  // The last two are second names. SIGRTMIN is libc's: the ones below it are libc's own.
  const struct constant numbers[] = {
      {"SIGHUP", SIGHUP}, {"SIGINT", SIGINT}, {"SIGQUIT", SIGQUIT}, {"SIGILL", SIGILL}, {"SIGTRAP", SIGTRAP},
      {"SIGABRT", SIGABRT}, {"SIGBUS", SIGBUS}, {"SIGFPE", SIGFPE}, {"SIGKILL", SIGKILL}, {"SIGUSR1", SIGUSR1},
      {"SIGSEGV", SIGSEGV}, {"SIGUSR2", SIGUSR2}, {"SIGPIPE", SIGPIPE}, {"SIGALRM", SIGALRM},
      {"SIGTERM", SIGTERM}, {"SIGSTKFLT", SIGSTKFLT}, {"SIGCHLD", SIGCHLD}, {"SIGCONT", SIGCONT},
      {"SIGSTOP", SIGSTOP}, {"SIGTSTP", SIGTSTP}, {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU}, {"SIGURG", SIGURG},
      {"SIGXCPU", SIGXCPU}, {"SIGXFSZ", SIGXFSZ}, {"SIGVTALRM", SIGVTALRM}, {"SIGPROF", SIGPROF},
      {"SIGWINCH", SIGWINCH}, {"SIGIO", SIGIO}, {"SIGPWR", SIGPWR}, {"SIGSYS", SIGSYS},
      {"SIGRTMIN", SIGRTMIN}, {"SIGRTMAX", SIGRTMAX}, {"SIGIOT", SIGIOT}, {"SIGPOLL", SIGPOLL},
  };
  const struct constant ours[] = {{"mask", MASK_SIGNAL}, {"cancel", RESERVED_SIGNAL}};
  napi_value names = NULL, reserved = NULL;
  napi_create_object(env, &reserved);
  define_constants(env, reserved, ours, COUNT(ours));
  define_value(env, exports, "reservedSignals", reserved);
  napi_create_object(env, &names);
  define_constants(env, names, numbers, COUNT(numbers));
  define_value(env, exports, "signals", names);
}

void init_signal(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"kill", hutong_kill},
      {"tgkill", hutong_tgkill},
      {"rt_sigqueueinfo", hutong_rt_sigqueueinfo},
      {"rt_tgsigqueueinfo", hutong_rt_tgsigqueueinfo},
      {"pidfd_send_signal", hutong_pidfd_send_signal},
      {"signalfd", hutong_signalfd},
      {"rt_sigtimedwait", hutong_rt_sigtimedwait},
      {"sigpending", hutong_sigpending},
      {"disposition", hutong_disposition},
      {"setDisposition", hutong_set_disposition},
      {"callHandler", hutong_call_handler},
  };
  name_signals(env, exports);
  define(env, exports, functions, COUNT(functions));
}
