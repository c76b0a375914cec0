// read(2) and write(2) with nothing to marshal: fd, length and address lie in a block of memory that JavaScript fills,
// the result comes back there. For small transfers from the same buffer, again and again (src/sys/quick.ts).
//
// State: the block, one per thread. A call begins and ends on one thread with no JavaScript in between, so instances of
// the addon in one thread can share it.
#include "addon.h"
#include "raw.h"

struct block {
  int32_t fd, length, result, unused;
  uint64_t address;
};
static _Thread_local struct block block;

// The block, as an ArrayBuffer.
static napi_value hutong_quick_block(napi_env env, napi_callback_info info) {
  (void)info;
  return give_block(env, &block, sizeof block);
}

// quickAddress(buffer): the address and length of a buffer's bytes into the block. They stay as they are for as long as
// the buffer is alive and its length is that; the caller checks both before every transfer.
static napi_value hutong_quick_address(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct bytes bytes;
  if (!take_bytes(env, argv[0], &bytes, "buffer")) return NULL;
  block.address = (uint64_t)(uintptr_t)bytes.data;
  block.length = (int32_t)bytes.length;
  return NULL;
}

static inline napi_value transfer(long number) {
  struct block *b = &block;
  b->result = (int32_t)raw_syscall3(number, b->fd, (long)b->address, b->length);
  return NULL;
}

static napi_value hutong_quick_read(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return transfer(SYS_read);
}

static napi_value hutong_quick_write(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return transfer(SYS_write);
}

void init_quick(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"quickBlock", hutong_quick_block},
      {"quickAddress", hutong_quick_address},
      {"quickRead", hutong_quick_read},
      {"quickWrite", hutong_quick_write},
  };
  define(env, exports, functions, COUNT(functions));
}
