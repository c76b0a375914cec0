// msgget(2), msgctl(2), msgsnd(2), msgrcv(2): System V message queues.
//
// The last two have nothing to marshal: their arguments lie in a block of memory that JavaScript fills, the result comes
// back there (see quick.c, and src/sys/sysv-queue.ts for the other side). The message itself, its type in front, lies in
// memory of JavaScript's whose address is in the block.
#include "addon.h"
#include "deadline.h"
#include "raw.h"
#include "sysv.h"

#include <string.h>
#include <sys/msg.h>

// Doubles hold every value exactly: types up to 2^53, addresses up to 2^48.
struct block {
  double id, flags, timeout, length, type, address, result;
};
static _Thread_local struct block block;

// The largest structure that msgctl(2) writes is struct msqid64_ds of asm-generic/msgbuf.h.
enum { CONTROL_BYTES = 120, FOR_EVER = -1 };

static napi_value hutong_msgget(napi_env env, napi_callback_info info) {
  TAKE(2);
  int key, flags;
  if (!take_int(env, argv[0], &key, "key") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, raw_syscall3(SYS_msgget, key, flags, 0));
}

static napi_value hutong_msgctl(napi_env env, napi_callback_info info) {
  return sysv_control(env, info, SYS_msgctl, CONTROL_BYTES);
}

// messageBlock(): the block, as an ArrayBuffer of doubles.
static napi_value hutong_message_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

// messageAddress(buffer): the address of a buffer's bytes, good for as long as the buffer lives and keeps its length.
static napi_value hutong_message_address(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct bytes bytes;
  if (!take_bytes(env, argv[0], &bytes, "buffer")) return NULL;
  return give(env, (int64_t)(uintptr_t)bytes.data);
}

static void send_message(struct block *b) {
  int64_t type = (int64_t)b->type, timeout = (int64_t)b->timeout;
  long at = (long)b->address;
  memcpy((void *)at, &type, sizeof type);
  long arguments[6] = {(long)b->id, at, (long)b->length, (long)b->flags};
  b->result = (double)(timeout == FOR_EVER
                           ? raw_syscall5(SYS_msgsnd, arguments[0], at, arguments[2], arguments[3], 0)
                           : syscall_until(timeout, SYS_msgsnd, arguments));
}

static void receive_message(struct block *b) {
  int64_t type = (int64_t)b->type, timeout = (int64_t)b->timeout;
  long at = (long)b->address;
  long arguments[6] = {(long)b->id, at, (long)b->length, (long)type, (long)b->flags};
  b->result = (double)(timeout == FOR_EVER
                           ? raw_syscall5(SYS_msgrcv, arguments[0], at, arguments[2], arguments[3], arguments[4])
                           : syscall_until(timeout, SYS_msgrcv, arguments));
  if (b->result < 0) return; // what was asked for stays in the block, for another try
  memcpy(&type, (void *)at, sizeof type);
  b->type = (double)type;
}

static napi_value hutong_message_send(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  send_message(&block);
  return NULL;
}

static napi_value hutong_message_receive(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  receive_message(&block);
  return NULL;
}

// The same with a block that lies in JavaScript's heap.
static napi_value with_block(napi_env env, napi_callback_info info, void (*transfer)(struct block *)) {
  TAKE(1);
  struct bytes bytes;
  if (!take_bytes(env, argv[0], &bytes, "block")) return NULL;
  if (bytes.length < sizeof block) throw_type(env, "block", "seven doubles");
  else transfer((struct block *)(void *)bytes.data);
  return NULL;
}

static napi_value hutong_message_send_from(napi_env env, napi_callback_info info) {
  return with_block(env, info, send_message);
}

static napi_value hutong_message_receive_from(napi_env env, napi_callback_info info) {
  return with_block(env, info, receive_message);
}

void init_sysv_queue(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"msgget", hutong_msgget},
      {"msgctl", hutong_msgctl},
      {"messageBlock", hutong_message_block},
      {"messageAddress", hutong_message_address},
      {"messageSend", hutong_message_send},
      {"messageReceive", hutong_message_receive},
      {"messageSendFrom", hutong_message_send_from},
      {"messageReceiveFrom", hutong_message_receive_from},
  };
  define(env, exports, functions, COUNT(functions));
}
