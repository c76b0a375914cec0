// One mask for all threads. A thread's mask can be changed by itself only, so each is sent MASK_SIGNAL, whose handler
// changes the mask that the thread goes on with.
//
// A thread that blocks everything (V8's and libuv's do for a moment, Node's inspector always) keeps MASK_SIGNAL pending.
// That is as good: the kernel delivers what was sent to a thread before what was sent to the process, so the handler
// runs before anything else can when it unblocks.
//
// Threads that appear meanwhile inherit the mask of the one that made them, so the list is read until nothing in it is
// new. A thread just being made by one that has not been reached yet starts with the old mask, so the first time a
// thread is found deaf it is given a moment.
//
// State: the two sets the handler reads; process-wide, as masks are.
#include "mask.h"
#include "cancel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { ROUNDS = 400, DEAF_ROUNDS = 12, ROUND_NANOSECONDS = 50 * 1000, STATUS_BYTES = 4096, HEX = 16 };

static _Atomic uint64_t managed_set, wanted_set;
static struct sigaction before;

static uint64_t bit(int signum) { return (uint64_t)1 << (signum - 1); }

// One of our threads that wait: they block everything but what ends their call, and stay so. Nobody else does: a program
// cannot block SIGCHLD or the faults with us.
static bool waits_for_us(uint64_t blocked) {
  uint64_t ends = bit(RESERVED_SIGNAL) | bit(MASK_SIGNAL);
  uint64_t most = ~(bit(SIGKILL) | bit(SIGSTOP) | ends | 3ULL << 31); // 32 and 33 are libc's
  return (blocked & most) == most && (blocked & ends) == 0;
}

static void on_mask_signal(int signum, siginfo_t *info, void *data) {
  ucontext_t *context = data;
  uint64_t mask;
  leave_call(data);
  memcpy(&mask, &context->uc_sigmask, SET_BYTES);
  if (!waits_for_us(mask)) mask = (mask & ~atomic_load(&managed_set)) | atomic_load(&wanted_set);
  memcpy(&context->uc_sigmask, &mask, SET_BYTES);
  // The handler of another copy of this addon.
  if ((before.sa_flags & SA_SIGINFO) != 0) before.sa_sigaction(signum, info, data);
}

// Looked at every time, because a `process.on('SIGSTKFLT')` may have come in between. Once ours has been installed, a
// handler with siginfo is that of another copy of this addon, which calls ours.
static void install_handler(void) {
  static bool installed;
  struct sigaction current, ours = {.sa_sigaction = on_mask_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  bool theirs = sigaction(MASK_SIGNAL, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) != 0;
  if (installed && theirs) return;
  if (!installed && theirs) before = current;
  sigfillset(&ours.sa_mask); // or another handler would run on top of this one, before it has changed anything
  sigaction(MASK_SIGNAL, &ours, NULL);
  installed = true;
}

static void prepare(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  install_handler();
  pthread_mutex_unlock(&lock);
}

struct thread {
  uint64_t blocked, pending;
};

static uint64_t field(const char *text, const char *name) {
  const char *found = strstr(text, name);
  return found == NULL ? 0 : strtoull(found + strlen(name), NULL, HEX);
}

// 1, 0 if the thread has ended, or -errno.
static int look_at(const char *tid, struct thread *thread) {
  char path[64] = "/proc/self/task/", text[STATUS_BYTES];
  strncat(path, tid, 20);
  strncat(path, "/status", 8);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = 0;
  thread->pending = field(text, "\nSigPnd:");
  thread->blocked = field(text, "\nSigBlk:");
  const char *state = strstr(text, "\nState:");
  return state == NULL || strncmp(state, "\nState:\tZ", 9) != 0;
}

enum state { DONE, DEAF, ON_ITS_WAY };

// Looks at a thread and sends it the signal if it needs it. Or -errno.
static int reach(const char *tid, uint64_t managed, uint64_t wanted) {
  struct thread thread;
  int found = look_at(tid, &thread);
  if (found <= 0) return found < 0 ? found : DONE;
  bool listens = (thread.blocked & bit(MASK_SIGNAL)) == 0;
  if (waits_for_us(thread.blocked)) return DONE;
  if (listens && (thread.blocked & managed) == wanted) return DONE;
  if ((thread.pending & bit(MASK_SIGNAL)) != 0) return listens ? ON_ITS_WAY : DEAF;
  if (syscall(SYS_tgkill, getpid(), atoi(tid), MASK_SIGNAL) < 0) return DONE; // ESRCH
  return ON_ITS_WAY;
}

// One look at every thread. Gives how many are on their way, or -errno; `*deaf` counts the deaf ones.
static int reach_all(uint64_t managed, uint64_t wanted, int *deaf, int *count) {
  DIR *tasks = opendir("/proc/self/task");
  int waiting = 0;
  *deaf = *count = 0;
  if (tasks == NULL) return -errno;
  for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
    if (task->d_name[0] == '.' || atoi(task->d_name) == (int)syscall(SYS_gettid)) continue;
    int state = reach(task->d_name, managed, wanted);
    if (state < 0) {
      waiting = state;
      break;
    }
    if (state == ON_ITS_WAY) waiting++;
    if (state == DEAF) ++*deaf;
    ++*count;
  }
  closedir(tasks);
  return waiting;
}

// Until it is taken, because a process.off('SIGSTKFLT') on this thread would make one that is pending fatal.
void send_mask_signal(int tid) {
  const struct timespec moment = {.tv_nsec = ROUND_NANOSECONDS};
  char name[16];
  struct thread thread;
  snprintf(name, sizeof name, "%d", tid);
  prepare();
  if (syscall(SYS_tgkill, getpid(), tid, MASK_SIGNAL) < 0) return;
  for (int round = 0; round < ROUNDS && look_at(name, &thread) > 0; round++) {
    if ((thread.pending & bit(MASK_SIGNAL)) == 0) return;
    nanosleep(&moment, NULL);
  }
}

// This thread does it without a signal.
static void mask_this_thread(uint64_t managed, uint64_t wanted) {
  uint64_t mask;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, SET_BYTES);
  mask = (mask & ~managed) | wanted;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SET_BYTES);
}

int mask_threads(uint64_t managed, uint64_t wanted) {
  static int known_deaf; // after a moment they were still deaf: it is their way
  const struct timespec moment = {.tv_nsec = ROUND_NANOSECONDS};
  int deaf, count, last_count = -1;
  uint64_t mask;
  prepare();
  atomic_store(&managed_set, managed);
  atomic_store(&wanted_set, wanted);
  // What is to be blocked is blocked here at once; what is not, last of all: it may end the process.
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &wanted, &mask, SET_BYTES);
  for (int round = 0; round < ROUNDS; round++) {
    int waiting = reach_all(managed, wanted, &deaf, &count);
    if (waiting < 0) return waiting;
    if (deaf < known_deaf) known_deaf = deaf;
    bool patient = deaf > known_deaf && round < DEAF_ROUNDS;
    if (waiting == 0 && !patient && count == last_count) break;
    last_count = waiting == 0 && !patient ? count : -1;
    if (waiting > 0 || patient) nanosleep(&moment, NULL);
  }
  known_deaf = deaf;
  mask_this_thread(managed, wanted);
  return 0;
}
