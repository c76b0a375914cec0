// sendmsg(2) and recvmsg(2) with what a Unix socket carries beside bytes: descriptors and credentials; and their batched
// forms for packets that lie in one buffer.
#include "addon.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

// MOST_DESCRIPTORS is the kernel's SCM_MAX_FD.
enum { MOST_PARTS = 64, MOST_DESCRIPTORS = 253, MOST_PACKETS = 1024 };

// The plain system calls: musl's sendmsg refuses more than 1,024 bytes beside the data, and its sendmmsg is a loop. Its
// structures are the kernel's once their padding is zero, which a designated initializer sees to.

// Room for descriptors, a pidfd and credentials.
union control {
  struct cmsghdr aligned;
  uint8_t bytes[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

// The parts into the message's array, which has MOST_PARTS places.
static bool take_parts(napi_env env, napi_value value, struct msghdr *message) {
  uint32_t length;
  if (napi_get_array_length(env, value, &length) != napi_ok || length > MOST_PARTS) {
    throw_type(env, "buffers", "an array of at most 64 buffers");
    return false;
  }
  for (uint32_t i = 0; i < length; i++) {
    napi_value part = NULL;
    struct bytes bytes;
    if (napi_get_element(env, value, i, &part) != napi_ok || !take_bytes(env, part, &bytes, "buffers")) return false;
    message->msg_iov[i] = (struct iovec){bytes.data, bytes.length};
  }
  message->msg_iovlen = length;
  return true;
}

// Appends one control message; a length of 0 appends nothing.
static void append(struct msghdr *message, int type, const void *data, size_t length) {
  if (length == 0) return;
  struct cmsghdr *header = (struct cmsghdr *)(void *)((uint8_t *)message->msg_control + message->msg_controllen);
  *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = type, .cmsg_len = CMSG_LEN(length)};
  memcpy(CMSG_DATA(header), data, length);
  message->msg_controllen += CMSG_SPACE(length);
}

// sendmsg(fd, buffers, flags, descriptors?, credentials?, address?): an Int32Array of at most 253 descriptors, one of pid,
// uid and gid, and the bytes of a sockaddr.
static napi_value hutong_sendmsg(napi_env env, napi_callback_info info) {
  TAKE(6);
  int fd, flags;
  struct iovec parts[MOST_PARTS];
  struct bytes descriptors = {0}, credentials = {0}, address = {0};
  struct msghdr message = {.msg_iov = parts};
  union control control;
  if (!take_int(env, argv[0], &fd, "fd") || !take_parts(env, argv[1], &message) ||
      !take_int(env, argv[2], &flags, "flags") ||
      (!is_undefined(env, argv[3]) && !take_bytes(env, argv[3], &descriptors, "descriptors")) ||
      (!is_undefined(env, argv[4]) && !take_bytes(env, argv[4], &credentials, "credentials")) ||
      (!is_undefined(env, argv[5]) && !take_bytes(env, argv[5], &address, "address")))
    return NULL;
  if (descriptors.length > MOST_DESCRIPTORS * sizeof(int) ||
      (credentials.length != 0 && credentials.length != sizeof(struct ucred))) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "at most 253 descriptors, and credentials of three numbers");
    return NULL;
  }
  memset(&control, 0, sizeof control);
  message.msg_control = &control;
  append(&message, SCM_RIGHTS, descriptors.data, descriptors.length);
  append(&message, SCM_CREDENTIALS, credentials.data, credentials.length);
  if (message.msg_controllen == 0) message.msg_control = NULL;
  message.msg_name = address.length == 0 ? NULL : address.data;
  message.msg_namelen = (socklen_t)address.length;
  return give(env, result(syscall(SYS_sendmsg, fd, &message, flags)));
}

// What recvmsg tells beside the bytes; the words of `about`, an Int32Array, before the descriptors.
enum { FLAGS, ADDRESS_LENGTH, HAS_CREDENTIALS, PID, UID, GID, PIDFD, DESCRIPTORS, FIRST_DESCRIPTOR };

static void tell(struct msghdr *message, int32_t *about, size_t room) {
  about[FLAGS] = message->msg_flags;
  about[ADDRESS_LENGTH] = (int32_t)message->msg_namelen;
  about[HAS_CREDENTIALS] = about[DESCRIPTORS] = 0;
  about[PIDFD] = -1;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET) continue;
    size_t length = header->cmsg_len - CMSG_LEN(0);
    if (header->cmsg_type == SCM_CREDENTIALS && length >= sizeof(struct ucred)) {
      about[HAS_CREDENTIALS] = 1;
      memcpy(about + PID, CMSG_DATA(header), sizeof(struct ucred));
    } else if (header->cmsg_type == SCM_PIDFD && length >= sizeof(int)) {
      memcpy(about + PIDFD, CMSG_DATA(header), sizeof(int));
    } else if (header->cmsg_type == SCM_RIGHTS) {
      int received[MOST_DESCRIPTORS];
      size_t count = length / sizeof(int);
      memcpy(received, CMSG_DATA(header), count * sizeof(int));
      for (size_t i = 0; i < count; i++) {
        size_t at = FIRST_DESCRIPTOR + (size_t)about[DESCRIPTORS];
        if (at < room) about[at] = received[i], about[DESCRIPTORS]++;
        else close(received[i]), about[FLAGS] |= MSG_CTRUNC;
      }
    }
  }
}

// recvmsg(fd, buffers, flags, about, most, address?): at most `most` descriptors (close-on-exec) into `about`; what the
// sender sent beyond is closed, and MSG_CTRUNC set in the flags.
static napi_value hutong_recvmsg(napi_env env, napi_callback_info info) {
  TAKE(6);
  int fd, flags, most;
  struct iovec parts[MOST_PARTS];
  struct bytes about, address = {0};
  struct msghdr message = {.msg_iov = parts};
  union control control;
  if (!take_int(env, argv[0], &fd, "fd") || !take_parts(env, argv[1], &message) ||
      !take_int(env, argv[2], &flags, "flags") || !take_bytes(env, argv[3], &about, "about") ||
      !take_int(env, argv[4], &most, "most") ||
      (!is_undefined(env, argv[5]) && !take_bytes(env, argv[5], &address, "address")))
    return NULL;
  size_t room = about.length / sizeof(int32_t);
  if (most < 0 || most > MOST_DESCRIPTORS || room < FIRST_DESCRIPTOR + (size_t)most) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "room for at most 253 descriptors, and for what is told of them");
    return NULL;
  }
  message.msg_control = &control;
  message.msg_controllen = sizeof control; // all of it: the kernel puts descriptors before a pidfd, which needs its room
  message.msg_name = address.length == 0 ? NULL : address.data;
  message.msg_namelen = (socklen_t)address.length;
  int64_t returned = result(syscall(SYS_recvmsg, fd, &message, flags | MSG_CMSG_CLOEXEC));
  if (returned >= 0) tell(&message, (int32_t *)(void *)about.data, FIRST_DESCRIPTOR + (size_t)most);
  return give(env, returned);
}

// Packets lie in slots: equal shares of one buffer, as many as `lengths` (a Uint32Array) has words.
struct batch {
  int fd, first, count, flags;
  struct bytes packets, lengths;
  struct iovec parts[MOST_PACKETS];
  struct mmsghdr messages[MOST_PACKETS];
};

// (fd, packets, lengths, first, count, flags): slots `first` to `first + count`; to send, of these lengths.
static bool take_batch(napi_env env, napi_callback_info info, struct batch *batch, bool send) {
  TAKE(6);
  if (!take_int(env, argv[0], &batch->fd, "fd") || !take_bytes(env, argv[1], &batch->packets, "packets") ||
      !take_bytes(env, argv[2], &batch->lengths, "lengths") || !take_int(env, argv[3], &batch->first, "first") ||
      !take_int(env, argv[4], &batch->count, "count") || !take_int(env, argv[5], &batch->flags, "flags"))
    return false;
  size_t slots = batch->lengths.length / sizeof(uint32_t);
  size_t size = slots == 0 ? 0 : batch->packets.length / slots;
  const uint32_t *lengths = (const uint32_t *)(const void *)batch->lengths.data;
  bool fits = batch->first >= 0 && batch->count >= 0 && batch->count <= MOST_PACKETS && (size_t)batch->first <= slots &&
              (size_t)batch->count <= slots - (size_t)batch->first;
  for (int i = 0; fits && i < batch->count; i++) {
    size_t slot = (size_t)(batch->first + i);
    if (send && lengths[slot] > size) fits = false;
    batch->parts[i] = (struct iovec){batch->packets.data + slot * size, send ? lengths[slot] : size};
    batch->messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &batch->parts[i], .msg_iovlen = 1}};
  }
  if (!fits) napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "at most 1024 packets, each inside its slot");
  return fits;
}

// Gives how many were sent.
static napi_value hutong_sendmmsg(napi_env env, napi_callback_info info) {
  struct batch batch;
  if (!take_batch(env, info, &batch, true)) return NULL;
  return give(env, result(syscall(SYS_sendmmsg, batch.fd, batch.messages, batch.count, batch.flags)));
}

// Gives how many came; their lengths (more than a slot has, if MSG_TRUNC was asked for) into `lengths`.
static napi_value hutong_recvmmsg(napi_env env, napi_callback_info info) {
  struct batch batch;
  if (!take_batch(env, info, &batch, false)) return NULL;
  int64_t returned = result(syscall(SYS_recvmmsg, batch.fd, batch.messages, batch.count, batch.flags, NULL));
  uint32_t *lengths = (uint32_t *)(void *)batch.lengths.data + batch.first;
  for (int64_t i = 0; i < returned; i++) lengths[i] = batch.messages[i].msg_len;
  return give(env, returned);
}

void init_message(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"sendmsg", hutong_sendmsg},
      {"recvmsg", hutong_recvmsg},
      {"sendmmsg", hutong_sendmmsg},
      {"recvmmsg", hutong_recvmmsg},
  };
  define(env, exports, functions, COUNT(functions));
}
