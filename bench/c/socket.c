// One side of a trial over a pair of Unix sockets, used both ways. The same as bench/sides/socket.ts.
#include "roles.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SOCKET = 3, BATCH = 64, MOST = 2048 };

static inline void send_one(void *link, unsigned char *message, size_t size) {
  (void)link;
  for (size_t done = 0; done < size;) {
    ssize_t written = write(SOCKET, message + done, size - done);
    if (written < 0) fail("write");
    done += (size_t)written;
  }
}

static inline void receive_one(void *link, unsigned char *message, size_t size) {
  (void)link;
  for (size_t done = 0; done < size;) {
    ssize_t got = read(SOCKET, message + done, size - done);
    if (got <= 0) fail("read");
    done += (size_t)got;
  }
}

struct batch {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  unsigned char bytes[BATCH][MOST];
  int count, next;
};

struct batches {
  struct batch out, in;
};

static void flush(struct batch *batch) {
  for (int sent = 0; sent < batch->count;) {
    int some = sendmmsg(SOCKET, batch->messages + sent, (unsigned)(batch->count - sent), 0);
    if (some < 0) fail("sendmmsg");
    sent += some;
  }
  batch->count = 0;
}

static void prepare(struct batch *batch, size_t size) {
  for (int i = 0; i < BATCH; i++) {
    batch->parts[i] = (struct iovec){batch->bytes[i], size};
    batch->messages[i].msg_hdr.msg_iov = &batch->parts[i];
    batch->messages[i].msg_hdr.msg_iovlen = 1;
  }
}

static inline void send_batched(void *link, unsigned char *message, size_t size) {
  struct batch *out = &((struct batches *)link)->out;
  memcpy(out->bytes[out->count++], message, size);
  if (out->count == BATCH) flush(out);
}

// What has not gone out goes now: the other side may wait for it.
static inline void receive_batched(void *link, unsigned char *message, size_t size) {
  struct batches *batches = link;
  struct batch *in = &batches->in;
  if (in->next == in->count) {
    flush(&batches->out);
    in->count = recvmmsg(SOCKET, in->messages, BATCH, MSG_WAITFORONE, NULL);
    if (in->count <= 0) fail("recvmmsg");
    in->next = 0;
  }
  if (in->messages[in->next].msg_len != size) fail("a message of another length");
  memcpy(message, in->bytes[in->next++], size);
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  if (strstr(plan.mechanism, "-batch") == NULL) return run_role(&plan, NULL, send_one, receive_one);
  if (plan.size > MOST) return 2;
  struct batches *batches = calloc(1, sizeof *batches);
  if (batches == NULL) fail("calloc");
  prepare(&batches->out, plan.size);
  prepare(&batches->in, plan.size);
  int status = run_role(&plan, batches, send_batched, receive_batched);
  flush(&batches->out);
  free(batches);
  return status;
}
