// pidfd_open(2), pidfd_getfd(2), and how the process ended: waitid(2) and ioctl_pidfd(2). Through syscall(2): glibc has
// wrappers only since 2.36. pidfd_send_signal(2) is in signal.c.
#include "addon.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The same on x86-64 and arm64; the oldest headers this must build with lack them.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static napi_value hutong_pidfd_open(napi_env env, napi_callback_info info) {
  TAKE(2);
  int pid, flags;
  if (!take_int(env, argv[0], &pid, "pid") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(syscall(SYS_pidfd_open, pid, flags)));
}

static napi_value hutong_pidfd_getfd(napi_env env, napi_callback_info info) {
  TAKE(3);
  int pidfd, fd, flags;
  if (!take_int(env, argv[0], &pidfd, "pidfd") || !take_int(env, argv[1], &fd, "fd") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, result(syscall(SYS_pidfd_getfd, pidfd, fd, flags)));
}

// <linux/pidfd.h> of 6.15, the first version with an exit status: the first 64 bytes.
struct pidfd_info {
  uint64_t mask, cgroup;
  uint32_t pid, tgid, ppid, ids[8];
  int32_t exit_code;
};
enum { INFO_EXIT = 1 << 3, BY_PIDFD = 3, CORE_DUMPED = 0x80 }; // musl has no WCOREFLAG
#define GET_INFO _IOWR(0xFF, 11, struct pidfd_info)

// pidfdStatus(pidfd): the status of wait(2) of a process that has ended, or -ECHILD if the kernel does not tell. A child
// of ours that nobody has waited for yet stays for whoever will (WNOWAIT); of one that its parent has waited for, kernels
// since 6.15 remember.
static napi_value hutong_pidfd_status(napi_env env, napi_callback_info info) {
  TAKE(1);
  int pidfd;
  siginfo_t ended = {0};
  struct pidfd_info more = {.mask = INFO_EXIT};
  if (!take_int(env, argv[0], &pidfd, "pidfd")) return NULL;
  long returned = syscall(SYS_waitid, BY_PIDFD, pidfd, &ended, WEXITED | WNOHANG | WNOWAIT, NULL);
  if (returned == 0 && ended.si_pid != 0) {
    int core = ended.si_code == CLD_DUMPED ? CORE_DUMPED : 0;
    return give(env, ended.si_code == CLD_EXITED ? (ended.si_status & 0xff) << 8 : ended.si_status | core);
  }
  if (returned < 0 && errno == EBADF) return give(env, -EBADF);
  if (ioctl(pidfd, GET_INFO, &more) == 0 && (more.mask & INFO_EXIT) != 0) return give(env, more.exit_code);
  return give(env, -ECHILD);
}

void init_pidfd(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"pidfd_open", hutong_pidfd_open},
      {"pidfd_getfd", hutong_pidfd_getfd},
      {"pidfdStatus", hutong_pidfd_status},
  };
  define(env, exports, functions, COUNT(functions));
}
