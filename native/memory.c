// mmap(2), and the ArrayBuffers over mapped ranges.
//
// A mapping's range has two kinds of user: its owner, until it closes the mapping or is collected, and the ArrayBuffer,
// until its backing store is freed, which `ArrayBuffer.prototype.transfer` may delay beyond the owner's close. Closing
// puts private zero pages over the range at once; the addresses go to quarantine when the last user has left.
#include "addon.h"
#include "guard.h"
#include "linger.h"
#include "memory.h"
#include "quarantine.h"
#include "uv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#define HUGETLBFS_MAGIC 0x958458f6

enum { DRAIN_AT_ONCE = 32 };
// Of the 2^47 bytes of a process's address space, so that V8 always finds room.
static const size_t MOST_QUARANTINED = (size_t)1 << 44;

// Since Node 22.23, 24.21 and 26.10; NULL before. Its finalizer runs on any thread.
__attribute__((weak)) extern napi_status node_api_create_external_sharedarraybuffer(
    napi_env env, void *data, size_t length, void (*finalize)(void *data, void *hint), void *hint, napi_value *buffer);

static bool cover_with_zeros(struct memory *memory) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
  // Before the pages change: a fault that is on its way must find a range at rest.
  int kind = atomic_exchange(&memory->region->kind, REGION_RESTING);
  if (mmap(memory->data, memory->size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED) return true;
  atomic_store(&memory->region->kind, kind);
  return false;
}

static void let_go(struct memory *memory) {
  if (atomic_fetch_sub(&memory->holders, 1) == 1) free(memory);
}

static void leave_range(struct memory *memory) {
  if (atomic_fetch_sub(&memory->users, 1) > 1) return;
  if (memory->shared) {
    region_drop(memory->region);
    munmap(memory->data, memory->size);
  } else if (memory->closed || cover_with_zeros(memory)) quarantine_put(memory->region);
  // else: no memory even for that. The range stays as it is, which harms nobody but wastes it.
}

static void drain(void) {
  linger_drain();
  quarantine_drain(DRAIN_AT_ONCE, 0);
}

static void leave_unclosed(struct memory *memory) {
  leave_range(memory);
  let_go(memory);
}

static void on_handle_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  struct memory *memory = data;
  if (!memory->closed && holds_lock(memory)) linger(memory, leave_unclosed);
  else if (!memory->closed) leave_unclosed(memory);
  else let_go(memory);
}

static void on_shared_buffer_freed(void *data, void *hint) {
  (void)data;
  leave_range(hint);
  let_go(hint);
}

static void on_buffer_freed(napi_env env, void *data, void *hint) {
  (void)env;
  on_shared_buffer_freed(data, hint);
}

struct memory *take_memory(napi_env env, napi_value value) {
  void *memory = NULL;
  if (napi_get_value_external(env, value, &memory) != napi_ok) throw_type(env, "memory", "what mmap() gave");
  return memory;
}

// The pages of a descriptor's file system: hugetlbfs maps and unmaps whole huge pages only.
static size_t page_size_of(int fd, int flags) {
  struct statfs about;
  if (fd >= 0 && fstatfs(fd, &about) == 0 && (unsigned long)about.f_type == HUGETLBFS_MAGIC) return (size_t)about.f_bsize;
  if ((flags & (MAP_HUGETLB | MAP_ANONYMOUS)) == (MAP_HUGETLB | MAP_ANONYMOUS)) {
    unsigned shift = ((unsigned)flags >> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;
    return (size_t)1 << (shift != 0 ? shift : 21);
  }
  return (size_t)sysconf(_SC_PAGESIZE);
}

static struct memory *remember(struct placed placed) {
  struct memory *memory = calloc(1, sizeof *memory);
  if (memory == NULL) return NULL;
  memory->data = placed.data;
  memory->length = placed.length;
  memory->size = (placed.length + placed.page - 1) & ~(placed.page - 1);
  memory->users = memory->holders = 1;
  memory->segment = placed.segment;
  uintptr_t start = (uintptr_t)placed.data;
  memory->region = region_add(start, start + memory->size, placed.kind, placed.page);
  if (memory->region != NULL) return memory;
  free(memory);
  return NULL;
}

napi_value keep_memory(napi_env env, struct placed placed) {
  napi_value handle = NULL;
  struct memory *memory = remember(placed);
  if (memory != NULL && napi_create_external(env, memory, on_handle_collected, NULL, &handle) == napi_ok) return handle;
  if (memory != NULL) region_drop(memory->region);
  munmap(placed.data, (placed.length + placed.page - 1) & ~(placed.page - 1));
  free(memory);
  return give(env, -ENOMEM);
}

bool room_for(uint64_t length) {
  size_t ranges, resting;
  drain();
  quarantine_count(&ranges, &resting);
  return resting + length <= MOST_QUARANTINED;
}

// mmap(length, protection, flags, fd, offset): a handle, or -errno.
static napi_value hutong_mmap(napi_env env, napi_callback_info info) {
  TAKE(5);
  int64_t length, offset;
  int protection, flags, fd;
  if (!take_int64(env, argv[0], &length, "length") || !take_int(env, argv[1], &protection, "protection") ||
      !take_int(env, argv[2], &flags, "flags") || !take_int(env, argv[3], &fd, "fd") ||
      !take_int64(env, argv[4], &offset, "offset"))
    return NULL;
  size_t page = page_size_of(fd, flags);
  if (length <= 0) return give(env, -EINVAL);
  if (!room_for((uint64_t)length)) return give(env, -ENOMEM);
  int armed = fd >= 0 ? guard_arm(env) : 0;
  if (armed < 0) return give(env, armed);
  void *data = mmap(NULL, (size_t)length, protection, flags, fd, offset);
  if (data == MAP_FAILED) return give(env, -errno);
  bool read_only = (flags & MAP_TYPE) == MAP_PRIVATE && (protection & PROT_WRITE) == 0;
  return keep_memory(env, (struct placed){data, (size_t)length, page, read_only ? REGION_READ_ONLY : REGION_PLAIN, 0});
}

// V8 counts the whole mapping as memory it may have to free, and collects once in a while for it (under 1 ms for each 64
// MiB mapped, measured). Taking the bytes out of its account again with napi_adjust_external_memory does not help: both
// directions count as pressure, and newer versions of V8 abort on a balance below zero.
//
// mappedBuffer(memory, shared): the ArrayBuffer (once per mapping), or -ENOTSUP where this Node has no shared ones.
static napi_value hutong_mapped_buffer(napi_env env, napi_callback_info info) {
  TAKE(2);
  napi_value buffer = NULL;
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL || napi_get_value_bool(env, argv[1], &memory->shared) != napi_ok) return NULL;
  if (memory->shared && node_api_create_external_sharedarraybuffer == NULL) return give(env, -ENOTSUP);
  atomic_fetch_add(&memory->users, 1);
  atomic_fetch_add(&memory->holders, 1);
  napi_status status =
      memory->shared
          ? node_api_create_external_sharedarraybuffer(env, memory->data, memory->length, on_shared_buffer_freed, memory,
                                                       &buffer)
          : napi_create_external_arraybuffer(env, memory->data, memory->length, on_buffer_freed, memory, &buffer);
  if (status == napi_ok) return buffer;
  // Node may have called the finalizer or not; one struct is cheaper than finding out.
  return status == napi_pending_exception ? NULL : give(env, -ENOTSUP);
}

// Requests of this event loop that have not ended: any of them may hold a view of a buffer. Node's zlib ends the process
// when the view it was given is detached before its last chunk; so do callers that loop over a view in callbacks.
static bool is_idle(napi_env env) {
  struct uv_loop_s *loop;
  return napi_get_uv_event_loop(env, &loop) == napi_ok && loop->active_reqs.count == 0;
}

// munmap(memory, buffer): closes safely. `buffer` is what mappedBuffer gave. Gives -errno (then it is still open), 0, or
// 1 if the buffer could not be detached yet because requests are in flight: it shows zeros until detachIdle.
static napi_value hutong_munmap(napi_env env, napi_callback_info info) {
  TAKE(2);
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL) return NULL;
  if (memory->closed) return give(env, -EBADF);
  if (holds_lock(memory)) return give(env, -EBUSY); // unlocking it later would crash
  if (!memory->shared && !cover_with_zeros(memory)) return give(env, -errno);
  memory->closed = true;
  bool detach = !memory->shared && !is_undefined(env, argv[1]), idle = is_idle(env);
  if (detach && idle) napi_detach_arraybuffer(env, argv[1]);
  leave_range(memory);
  drain();
  return give(env, detach && !idle);
}

// detachIdle(buffer): detaches it unless requests are in flight; 1 then, else 0.
static napi_value hutong_detach_idle(napi_env env, napi_callback_info info) {
  TAKE(1);
  if (!is_idle(env)) return give(env, 1);
  napi_detach_arraybuffer(env, argv[0]);
  return give(env, 0);
}

// quarantine(): [ranges, bytes, slots of the guard's table].
static napi_value hutong_quarantine(napi_env env, napi_callback_info info) {
  (void)info;
  size_t counts[3];
  napi_value list = NULL;
  quarantine_count(&counts[0], &counts[1]);
  counts[2] = region_count();
  napi_create_array_with_length(env, COUNT(counts), &list);
  for (uint32_t i = 0; i < COUNT(counts); i++) napi_set_element(env, list, i, give(env, (int64_t)counts[i]));
  return list;
}

// quarantineDrain(later): as if `later` more milliseconds had passed, for tests.
static napi_value hutong_quarantine_drain(napi_env env, napi_callback_info info) {
  TAKE(1);
  int64_t later;
  if (!take_int64(env, argv[0], &later, "later")) return NULL;
  quarantine_drain(SIZE_MAX, later);
  return NULL;
}

void init_memory(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"mmap", hutong_mmap},
      {"mappedBuffer", hutong_mapped_buffer},
      {"munmap", hutong_munmap},
      {"detachIdle", hutong_detach_idle},
      {"quarantine", hutong_quarantine},
      {"quarantineDrain", hutong_quarantine_drain},
  };
  init_guard(env, exports);
  init_pages(env, exports);
  define_value(env, exports, "pageSize", give(env, sysconf(_SC_PAGESIZE)));
  define(env, exports, functions, COUNT(functions));
}
