// A mapped range as JavaScript holds it: what memory.c (its life) and pages.c (calls on its pages) share.
#ifndef HUTONG_MEMORY_H
#define HUTONG_MEMORY_H

#include "region.h"

#include <node_api.h>

struct memory {
  struct region *region;
  uint8_t *data;
  size_t length, size; // asked for; in whole pages
  atomic_int users;    // of the range
  atomic_int holders;  // of this struct: the JavaScript handle and the buffer's finalizer
  bool closed;
  bool shared; // a SharedArrayBuffer: cannot be detached, so nothing is still in flight when it is freed
  int segment; // REGION_SEGMENT: its id
};

// What has just been mapped or attached.
struct placed {
  void *data;
  size_t length, page;
  int kind, segment;
};

// Drains the quarantine; false when too much rests there to map `length` more bytes.
bool room_for(uint64_t length);
// The handle of a range, which is unmapped again if there can be none (-ENOMEM).
napi_value keep_memory(napi_env env, struct placed placed);
// What is attached there is not attached in children as well.
void keep_from_children(void *start, size_t size);
// Throws and gives NULL for anything but what mmap() gave.
struct memory *take_memory(napi_env env, napi_value value);

void init_pages(napi_env env, napi_value exports);

#endif
