// peer send PID SIGNAL COUNT: sigqueue(3), values 0 to COUNT - 1; waits while the receiver's queue is full.
// peer receive SIGNAL COUNT: blocks it, prints its pid, then what sigwaitinfo(2) gives.
// SIGNAL is a number or, for a real-time one, what comes after SIGRTMIN: +3.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int signal_of(const char *text) { return text[0] == '+' ? SIGRTMIN + atoi(text + 1) : atoi(text); }

static int send(pid_t pid, int signum, int count) {
  for (int i = 0; i < count; i++) {
    union sigval value = {.sival_int = i};
    while (sigqueue(pid, signum, value) < 0) {
      if (errno != EAGAIN) return perror("sigqueue"), 1;
      usleep(1000);
    }
  }
  return 0;
}

static int receive(int signum, int count) {
  sigset_t set;
  siginfo_t info;
  sigemptyset(&set);
  sigaddset(&set, signum);
  sigprocmask(SIG_BLOCK, &set, NULL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("%d\n", (int)getpid());
  for (int i = 0; i < count; i++) {
    while (sigwaitinfo(&set, &info) < 0)
      if (errno != EINTR) return perror("sigwaitinfo"), 1; // stopped and continued
    printf("signal %d code %d pid %d uid %d value %d\n", info.si_signo, info.si_code, (int)info.si_pid,
           (int)info.si_uid, info.si_value.sival_int);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "send") == 0) return send(atoi(argv[2]), signal_of(argv[3]), atoi(argv[4]));
  if (argc == 4 && strcmp(argv[1], "receive") == 0) return receive(signal_of(argv[2]), atoi(argv[3]));
  fprintf(stderr, "usage: peer send PID SIGNAL COUNT | peer receive SIGNAL COUNT\n");
  return 2;
}
