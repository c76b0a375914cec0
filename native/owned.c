// The descriptors that Fd objects of one environment own. A worker that is terminated runs no JavaScript any more, so
// the environment's end closes them: otherwise a pipe whose end only that worker held would never see its end of file.
//
// State: per environment, a bitmap by descriptor number.
#include "addon.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct owned {
  size_t words;
  uint64_t *bits;
};

enum { WORD = 64, MOST = 1 << 24 };

static void close_all(void *data) {
  struct owned *owned = data;
  for (size_t word = 0; word < owned->words; word++)
    for (int bit = 0; bit < WORD; bit++)
      if (owned->bits[word] >> bit & 1) close((int)(word * WORD) + bit);
  free(owned->bits);
  free(owned);
}

// own(fd), disown(fd): tells whether the environment's end closes it. -ENOMEM, or 0.
static napi_value set(napi_env env, napi_callback_info info, bool own) {
  napi_value argv[1];
  size_t argc = 1;
  void *data;
  int fd;
  napi_get_cb_info(env, info, &argc, argv, NULL, &data);
  if (!take_int(env, argv[0], &fd, "fd") || fd < 0 || fd >= MOST) return NULL;
  struct owned *owned = data;
  size_t word = (size_t)fd / WORD;
  if (word >= owned->words) {
    if (!own) return NULL;
    size_t words = word + 1 + owned->words;
    uint64_t *bits = realloc(owned->bits, words * sizeof *bits);
    if (bits == NULL) return give(env, -ENOMEM);
    memset(bits + owned->words, 0, (words - owned->words) * sizeof *bits);
    owned->bits = bits;
    owned->words = words;
  }
  uint64_t mask = (uint64_t)1 << fd % WORD;
  if (own) owned->bits[word] |= mask;
  else owned->bits[word] &= ~mask;
  return NULL;
}

static napi_value hutong_own(napi_env env, napi_callback_info info) { return set(env, info, true); }
static napi_value hutong_disown(napi_env env, napi_callback_info info) { return set(env, info, false); }

// First of all init functions: clean-up hooks run in reverse, and watchers must go before their descriptors.
void init_owned(napi_env env, napi_value exports) {
  struct owned *owned = calloc(1, sizeof *owned);
  if (owned == NULL || napi_add_env_cleanup_hook(env, close_all, owned) != napi_ok) {
    free(owned);
    napi_throw_error(env, NULL, "out of memory while loading the hutong addon");
    return;
  }
  napi_value own = NULL, disown = NULL;
  napi_create_function(env, "own", NAPI_AUTO_LENGTH, hutong_own, owned, &own);
  napi_create_function(env, "disown", NAPI_AUTO_LENGTH, hutong_disown, owned, &disown);
  define_value(env, exports, "own", own);
  define_value(env, exports, "disown", disown);
}
