// What msgctl(2) and shmctl(2) have in common.
#ifndef HUTONG_SYSV_H
#define HUTONG_SYSV_H

#include "addon.h"

// control(id, command, buffer?): the system call `number`, which writes at most `most` bytes. Without libc's wrapper the
// structures are the kernel's own on every libc.
napi_value sysv_control(napi_env env, napi_callback_info info, long number, size_t most);

#endif
