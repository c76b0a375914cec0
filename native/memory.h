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
};

// Throws and gives NULL for anything but what mmap() gave.
struct memory *take_memory(napi_env env, napi_value value);

void init_pages(napi_env env, napi_value exports);

#endif
