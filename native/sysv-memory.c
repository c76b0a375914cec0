// shmget(2), shmctl(2), and shmat(2) as a mapped range like any other (memory.c). Instead of shmdt(2), closing the range puts
// zero pages over it, which detaches the segment just as well.
#include "addon.h"
#include "guard.h"
#include "memory.h"
#include "raw.h"
#include "sysv.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#ifndef MADV_COLD
#define MADV_COLD 20
#endif

// The largest structures that shmctl(2) writes are struct shmid64_ds and shminfo64 of asm-generic/shmbuf.h.
enum { CONTROL_BYTES = 112, SEGMENT_SIZE_AT = 48 };

static napi_value hutong_shmget(napi_env env, napi_callback_info info) {
  TAKE(3);
  int key, flags;
  int64_t size;
  if (!take_int(env, argv[0], &key, "key") || !take_int64(env, argv[1], &size, "size") ||
      !take_int(env, argv[2], &flags, "flags"))
    return NULL;
  return give(env, raw_syscall3(SYS_shmget, key, (long)size, flags));
}

static napi_value hutong_shmctl(napi_env env, napi_callback_info info) {
  return sysv_control(env, info, SYS_shmctl, CONTROL_BYTES);
}

// The page size of the area that begins at `start`, as smaps prints it; the system's if that cannot be read.
static size_t page_size_in_smaps(const void *start) {
  static const char name[] = "KernelPageSize:";
  char line[256], wanted[32];
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  FILE *smaps = fopen("/proc/self/smaps", "re");
  if (smaps == NULL) return page;
  size_t length = (size_t)snprintf(wanted, sizeof wanted, "%lx-", (unsigned long)start);
  bool inside = false;
  while (fgets(line, sizeof line, smaps) != NULL) {
    if (!inside) inside = strncmp(line, wanted, length) == 0;
    else if (strncmp(line, name, sizeof name - 1) == 0) {
      size_t kilobytes = 0;
      for (const char *at = line + sizeof name - 1; *at == ' ' || (*at >= '0' && *at <= '9'); at++)
        if (*at != ' ') kilobytes = kilobytes * 10 + (size_t)(*at - '0');
      page = kilobytes * 1024;
      break;
    }
  }
  fclose(smaps);
  return page;
}

// Nothing in shmctl(2) says that a segment has huge pages, and such an area can be covered only as a whole. The kernel refuses
// this advice, which otherwise changes nothing, for huge pages (and for pages locked by mlockall(2)).
static size_t page_size_of(void *start) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return madvise(start, page, MADV_COLD) == 0 ? page : page_size_in_smaps(start);
}

// A child that Node starts would be attached until its execve(2), and a segment that is being removed would live as long.
void keep_from_children(void *start, size_t size) { madvise(start, size, MADV_DONTFORK); }

// shmat(id, flags), SHM_RDONLY or 0: a handle as mmap() gives it, of the segment's whole size, or -errno.
static napi_value hutong_shmat(napi_env env, napi_callback_info info) {
  TAKE(2);
  int id, flags;
  uint8_t about[CONTROL_BYTES];
  if (!take_int(env, argv[0], &id, "id") || !take_int(env, argv[1], &flags, "flags")) return NULL;
  int failed = guard_arm(env);
  if (failed < 0) return give(env, failed);
  void *data = shmat(id, NULL, flags & SHM_RDONLY);
  if (data == (void *)-1) return give(env, -errno);
  // Only now, because an attached segment keeps its id and its size.
  int64_t told = raw_syscall3(SYS_shmctl, id, IPC_STAT, (long)about);
  if (told < 0) {
    shmdt(data);
    return give(env, told);
  }
  size_t length;
  memcpy(&length, about + SEGMENT_SIZE_AT, sizeof length);
  if (!room_for(length)) {
    shmdt(data);
    return give(env, -ENOMEM);
  }
  size_t page = page_size_of(data);
  keep_from_children(data, (length + page - 1) & ~(page - 1));
  bool read_only = (flags & SHM_RDONLY) != 0;
  return keep_memory(env, (struct placed){data, length, page, read_only ? REGION_SEGMENT : REGION_PLAIN, id});
}

void init_sysv_memory(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"shmget", hutong_shmget},
      {"shmctl", hutong_shmctl},
      {"shmat", hutong_shmat},
  };
  define(env, exports, functions, COUNT(functions));
}
