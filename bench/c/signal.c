// One side of a ping-pong by real-time signals with a value: sigqueue(3) and sigwaitinfo(2). The same as
// bench/sides/signal.ts. The sides learn each other's pid over the two pipes at descriptors 3 and 4, when both listen.
#include "plan.h"

#include <signal.h>
#include <unistd.h>

enum { INCOMING = 3, OUTGOING = 4 };

struct peer {
  pid_t pid;
  int signum;
  sigset_t set;
};

static struct peer meet(void) {
  struct peer peer = {.signum = SIGRTMIN + 3};
  pid_t self = getpid();
  sigemptyset(&peer.set);
  sigaddset(&peer.set, peer.signum);
  if (sigprocmask(SIG_BLOCK, &peer.set, NULL) < 0) fail("sigprocmask");
  if (write(OUTGOING, &self, sizeof self) != sizeof self) fail("write");
  if (read(INCOMING, &peer.pid, sizeof peer.pid) != sizeof peer.pid) fail("read");
  return peer;
}

static inline void send_numbered(const struct peer *peer, uint32_t number) {
  if (sigqueue(peer->pid, peer->signum, (union sigval){.sival_int = (int)number}) < 0) fail("sigqueue");
}

static inline void receive_numbered(const struct peer *peer, uint32_t number) {
  siginfo_t info;
  if (sigwaitinfo(&peer->set, &info) < 0) fail("sigwaitinfo");
  if (info.si_pid == peer->pid && info.si_value.sival_int == (int)number) return;
  fprintf(stderr, "signal %d of process %d came where %u was due\n", info.si_value.sival_int, info.si_pid, number);
  exit(1);
}

static void call(const struct peer *peer, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    send_numbered(peer, i);
    receive_numbered(peer, i);
  }
}

static void answer(const struct peer *peer, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    receive_numbered(peer, i);
    send_numbered(peer, i);
  }
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  struct peer peer = meet();
  void (*step)(const struct peer *, uint32_t) = speaks_first(&plan) ? call : answer;
  step(&peer, plan.warm_up);
  uint64_t start = now_ns();
  step(&peer, plan.count);
  if (speaks_first(&plan)) report(now_ns() - start, -1);
  return 0;
}
