// Which libc this runs on, for objects whose bytes are libc's own: sem_t, pthread_mutex_t.
#include "addon.h"

#ifdef __GLIBC__
#include <gnu/libc-version.h>
static const char *glibc_version(void) { return gnu_get_libc_version(); }
#else
static const char *glibc_version(void) { return ""; }
#endif

// `glibcVersion`: "2.36"; empty on any other libc.
void init_libc(napi_env env, napi_value exports) {
  napi_value version = NULL;
  napi_create_string_utf8(env, glibc_version(), NAPI_AUTO_LENGTH, &version);
  define_value(env, exports, "glibcVersion", version);
}
