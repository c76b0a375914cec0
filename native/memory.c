#include "addon.h"
void init_memory(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
}
