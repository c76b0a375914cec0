// Keeps a mapping from killing the process when another process truncates its object, or when JavaScript writes
// through a read-only view. The only process-wide state of the addon, with the table it looks at (region.h).
#ifndef HUTONG_GUARD_H
#define HUTONG_GUARD_H

#include <node_api.h>

// Installs the handlers for SIGBUS and SIGSEGV, once per process, and makes sure for the life of this environment that
// a `process.on('SIGBUS')` does not take them away. 0 or -errno. Must come before the first mapping that can fault.
int guard_arm(napi_env env);

void init_guard(napi_env env, napi_value exports);

#endif
