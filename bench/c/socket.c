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

// As above, and each message brings an open descriptor, which the receiver closes.
union control {
  struct cmsghdr head;
  char space[CMSG_SPACE(sizeof(int))];
};

static inline void send_descriptor(void *link, unsigned char *message, size_t size) {
  (void)link;
  union control control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  struct iovec part = {message, size};
  struct msghdr whole = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  memset(CMSG_DATA(&control.head), 0, sizeof(int)); // standard input
  if (sendmsg(SOCKET, &whole, MSG_NOSIGNAL) != (ssize_t)size) fail("sendmsg");
}

static inline void receive_descriptor(void *link, unsigned char *message, size_t size) {
  (void)link;
  union control control;
  struct iovec part = {message, size};
  struct msghdr whole = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(SOCKET, &whole, MSG_CMSG_CLOEXEC) != (ssize_t)size) fail("recvmsg");
  int descriptor;
  if (CMSG_FIRSTHDR(&whole) == NULL) fail("a message without a descriptor");
  memcpy(&descriptor, CMSG_DATA(&control.head), sizeof descriptor);
  close(descriptor);
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
  if (strcmp(plan.mechanism, "descriptor") == 0) return run_role(&plan, NULL, send_descriptor, receive_descriptor);
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
