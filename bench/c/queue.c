// One side of a trial over two message queues, one for each direction: System V (sysv-mq) or POSIX (posix-mq). The same
// as bench/sides/queue.ts. EXTRA: both queues, `there,back`, as ids or as names.
#include "roles.h"

#include <fcntl.h>
#include <mqueue.h>
#include <sys/msg.h>

struct sysv {
  int in, out;
};

// The type lies before the message, in the room that roles.h leaves there.
static inline void send_sysv(void *link, unsigned char *message, size_t size) {
  const struct sysv *ends = link;
  long *type = (long *)(message - sizeof(long));
  *type = 1;
  if (msgsnd(ends->out, type, size, 0) < 0) fail("msgsnd");
}

static inline void receive_sysv(void *link, unsigned char *message, size_t size) {
  const struct sysv *ends = link;
  if (msgrcv(ends->in, message - sizeof(long), size, 0, 0) != (ssize_t)size) fail("msgrcv");
}

struct posix {
  mqd_t in, out;
};

static inline void send_posix(void *link, unsigned char *message, size_t size) {
  const struct posix *ends = link;
  if (mq_send(ends->out, (char *)message, size, 0) < 0) fail("mq_send");
}

static inline void receive_posix(void *link, unsigned char *message, size_t size) {
  const struct posix *ends = link;
  if (mq_receive(ends->in, (char *)message, size, NULL) != (ssize_t)size) fail("mq_receive");
}

static mqd_t open_queue(const char *name, int access) {
  mqd_t queue = mq_open(name, access | O_CLOEXEC);
  if (queue < 0) fail(name);
  return queue;
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  char there[256], back[256];
  if (sscanf(plan.extra, "%255[^,],%255[^,]", there, back) != 2) return 2;
  const char *in = speaks_first(&plan) ? back : there, *out = speaks_first(&plan) ? there : back;
  if (strcmp(plan.mechanism, "posix-mq") == 0) {
    struct posix ends = {open_queue(in, O_RDONLY), open_queue(out, O_WRONLY)};
    return run_role(&plan, &ends, send_posix, receive_posix);
  }
  struct sysv ends = {atoi(in), atoi(out)};
  return run_role(&plan, &ends, send_sysv, receive_sysv);
}
