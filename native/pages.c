// Calls on the pages of a mapping: msync(2), madvise(2), mlock(2); and memfd_create(2).
#include "addon.h"
#include "memory.h"

#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

// memoryFlags(memory): the bits of enum region_flag.
static napi_value hutong_memory_flags(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL) return NULL;
  return give(env, memory->closed ? 0 : atomic_load(&memory->region->flags));
}

// memoryAddress(memory): for a system call on a waiting thread.
static napi_value hutong_memory_address(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL) return NULL;
  return give(env, memory->closed ? -EBADF : (int64_t)(uintptr_t)memory->data);
}

// discardWritten(memory): throws the private copies of a read-only mapping away, so that it shows the object again.
static napi_value hutong_discard_written(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL) return NULL;
  if (memory->closed) return give(env, -EBADF);
  int64_t done;
  if (atomic_load(&memory->region->kind) == REGION_SEGMENT) {
    void *again = shmat(memory->segment, memory->data, SHM_RDONLY | SHM_REMAP);
    if (again != (void *)-1) keep_from_children(again, memory->size);
    done = again != (void *)-1 ? 0 : errno == EINVAL ? -EIDRM : -errno;
  } else {
    done = result(mprotect(memory->data, memory->size, PROT_READ));
    if (done == 0) done = result(madvise(memory->data, memory->size, MADV_DONTNEED));
  }
  if (done == 0) atomic_fetch_and(&memory->region->flags, ~REGION_WRITTEN);
  return give(env, done);
}

// A range inside a mapping, whose bounds src/sys has checked.
static struct memory *take_part(napi_env env, napi_value *argv, struct bytes *out) {
  int64_t offset, length;
  struct memory *memory = take_memory(env, argv[0]);
  if (memory == NULL || !take_int64(env, argv[1], &offset, "offset") || !take_int64(env, argv[2], &length, "length"))
    return NULL;
  if (offset < 0 || length < 0 || (uint64_t)offset > memory->size || (uint64_t)length > memory->size - (uint64_t)offset) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "offset and length must lie inside the mapping");
    return NULL;
  }
  *out = (struct bytes){memory->data + offset, (size_t)length};
  return memory;
}

// msync, madvise (memory, offset, length, argument); mlock, munlock (memory, offset, length): 0 or -errno.
#define ON_PART(function, call)                                                                              \
  static napi_value hutong_##function(napi_env env, napi_callback_info info) {                               \
    TAKE(4);                                                                                                 \
    int argument = 0;                                                                                        \
    struct bytes part;                                                                                       \
    struct memory *memory = take_part(env, argv, &part);                                                     \
    if (memory == NULL || (!is_undefined(env, argv[3]) && !take_int(env, argv[3], &argument, "argument")))   \
      return NULL;                                                                                           \
    return give(env, memory->closed ? -EBADF : result(call));                                                \
  }
ON_PART(msync, msync(part.data, part.length, argument))
ON_PART(madvise, madvise(part.data, part.length, argument))
// By number, because the address sanitizer makes nothing of mlock().
ON_PART(mlock, syscall(SYS_mlock, part.data, part.length))
ON_PART(munlock, syscall(SYS_munlock, part.data, part.length))

static napi_value hutong_memfd_create(napi_env env, napi_callback_info info) {
  TAKE(2);
  char name[PATH_SIZE];
  int flags;
  if (!take_path(env, argv[0], name, "name") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  return give(env, result(memfd_create(name, (unsigned)flags)));
}

void init_pages(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"memoryFlags", hutong_memory_flags},
      {"memoryAddress", hutong_memory_address},
      {"discardWritten", hutong_discard_written},
      {"msync", hutong_msync},
      {"madvise", hutong_madvise},
      {"mlock", hutong_mlock},
      {"munlock", hutong_munlock},
      {"memfd_create", hutong_memfd_create},
  };
  define(env, exports, functions, COUNT(functions));
}
