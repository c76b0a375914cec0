// One side of a trial over two pipes or two FIFOs, one for each direction. The same as bench/sides/pipe.ts.
// EXTRA: the directory of the FIFOs; for pipes `-`, or `thread` for a process that has a second thread.
#include "roles.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { INCOMING = 3, OUTGOING = 4, CAPACITY = 1 << 20 };

struct ends {
  int in, out;
};

static inline void send(void *link, unsigned char *message, size_t size) {
  const struct ends *ends = link;
  for (size_t done = 0; done < size;) {
    ssize_t written = write(ends->out, message + done, size - done);
    if (written < 0) fail("write");
    done += (size_t)written;
  }
}

static inline void receive(void *link, unsigned char *message, size_t size) {
  const struct ends *ends = link;
  for (size_t done = 0; done < size;) {
    ssize_t got = read(ends->in, message + done, size - done);
    if (got < 0) fail("read");
    if (got == 0) {
      fputs("the peer ended too early\n", stderr);
      exit(1);
    }
    done += (size_t)got;
  }
}

static int open_fifo(const struct plan *plan, const char *name, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", plan->extra, name);
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) fail(path);
  if (plan->size >= 65536 && fcntl(fd, F_SETPIPE_SZ, CAPACITY) < 0) fail("F_SETPIPE_SZ");
  return fd;
}

// Both sides open `there` first: an open waits for the other side's.
static struct ends open_fifos(const struct plan *plan) {
  struct ends ends;
  if (speaks_first(plan)) {
    ends.out = open_fifo(plan, "there", O_WRONLY);
    ends.in = open_fifo(plan, "back", O_RDONLY);
  } else {
    ends.in = open_fifo(plan, "there", O_RDONLY);
    ends.out = open_fifo(plan, "back", O_WRONLY);
  }
  return ends;
}

static void *sleep_forever(void *nothing) {
  while (pause() < 0) {
  }
  return nothing;
}

// A process with threads shares its table of descriptors: then the kernel takes and drops a reference to the file in each
// call. Every Node process has threads.
static void start_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, sleep_forever, NULL) != 0) fail("pthread_create");
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  if (strcmp(plan.extra, "thread") == 0) start_thread();
  struct ends ends = {INCOMING, OUTGOING};
  if (strcmp(plan.mechanism, "fifo") == 0) ends = open_fifos(&plan);
  return run_role(&plan, &ends, send, receive);
}
