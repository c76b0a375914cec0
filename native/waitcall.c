// waitStart(number, [arguments], {index, size} | undefined, callback(result, bytes?)): JavaScript's side of wait.c.
//
// A number argument is passed as it is, a string or buffer as the address of a private copy. If `out` is given, argument
// `index` is the address of `size` private zero bytes, which the callback gets back: no thread touches JavaScript's memory.
#include "cancel.h"
#include "compat.h"
#include "wait.h"

#include <stdlib.h>
#include <string.h>

static void keep_alive(struct waiters *waiters, struct call *call, bool keep) {
  if (call->keep_alive == keep) return;
  call->keep_alive = keep;
  if (keep ? waiters->keeping++ == 0 : --waiters->keeping == 0) (keep ? uv_ref : uv_unref)(waiters->async);
}

// Lets go of what JavaScript knows of the call; on its thread.
static void forget(struct waiters *waiters, struct call *call) {
  keep_alive(waiters, call, false);
  if (call->ticket != NULL) call->ticket->call = NULL;
  call->ticket = NULL;
  if (call->callback != NULL) napi_delete_reference(waiters->env, call->callback);
  call->callback = NULL;
}

static void deliver(struct waiters *waiters, struct call *call) {
  napi_handle_scope scope;
  napi_env env = waiters->env;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value arguments[2] = {give(env, call->outcome), NULL};
  napi_get_undefined(env, &arguments[1]);
  if (call->out_index >= 0) {
    void *data;
    napi_value buffer = NULL;
    if (napi_create_arraybuffer(env, call->out_size, &data, &buffer) == napi_ok) {
      memcpy(data, call->owned[call->out_index], call->out_size);
      arguments[1] = buffer;
    }
  }
  napi_ref callback = call->callback;
  call->callback = NULL;
  forget(waiters, call);
  free_call(call);
  call_back(env, callback, 2, arguments);
  napi_delete_reference(env, callback);
  napi_close_handle_scope(env, scope);
}

// One at a time, because a callback may cancel others or end this environment.
static void on_wake(uv_handle_t *async) {
  struct waiters *waiters = uv_handle_get_data(async);
  for (;;) {
    pthread_mutex_lock(&waiters->lock);
    struct call *call = waiters->ending ? NULL : waiters->done;
    if (call != NULL) take_out_call(call);
    pthread_mutex_unlock(&waiters->lock);
    if (call == NULL) return;
    deliver(waiters, call);
  }
}

// One argument of the call; false after throwing.
static bool take_argument(napi_env env, napi_value value, struct call *call, uint32_t index) {
  napi_valuetype type;
  int64_t number;
  size_t length;
  struct bytes bytes;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  if (type == napi_number) {
    napi_get_value_int64(env, value, &number);
    call->arguments[index] = (long)number;
    return true;
  }
  if (type == napi_string) {
    napi_get_value_string_utf8(env, value, NULL, 0, &length);
    char *text = call->owned[index] = calloc(1, length + 1);
    if (text != NULL) napi_get_value_string_utf8(env, value, text, length + 1, &length);
  } else {
    if (!take_bytes(env, value, &bytes, "argument")) return false;
    call->owned[index] = malloc(bytes.length + 1);
    if (call->owned[index] != NULL) memcpy(call->owned[index], bytes.data, bytes.length);
  }
  call->arguments[index] = (long)call->owned[index];
  if (call->owned[index] == NULL) napi_throw_error(env, "ENOMEM", "no memory for a waiting call's arguments");
  return call->owned[index] != NULL;
}

static bool take_out_argument(napi_env env, napi_value value, struct call *call) {
  napi_value index = NULL, size = NULL;
  int64_t bytes;
  call->out_index = -1;
  if (is_undefined(env, value)) return true;
  if (napi_get_named_property(env, value, "index", &index) != napi_ok ||
      napi_get_named_property(env, value, "size", &size) != napi_ok ||
      !take_int(env, index, &call->out_index, "out.index") || !take_int64(env, size, &bytes, "out.size"))
    return false;
  if (call->out_index < 0 || call->out_index >= ARGUMENTS || bytes < 0 || call->owned[call->out_index] != NULL) {
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "out must name a free argument and a size");
    return false;
  }
  call->out_size = (size_t)bytes;
  call->owned[call->out_index] = calloc(1, call->out_size + 1);
  call->arguments[call->out_index] = (long)call->owned[call->out_index];
  if (call->owned[call->out_index] == NULL) napi_throw_error(env, "ENOMEM", "no memory for a waiting call's result");
  return call->owned[call->out_index] != NULL;
}

static bool take_call(napi_env env, napi_value *argv, struct call *call) {
  int64_t number;
  uint32_t count;
  napi_value each = NULL;
  if (!take_int64(env, argv[0], &number, "number")) return false;
  call->number = (long)number;
  if (napi_get_array_length(env, argv[1], &count) != napi_ok || count > ARGUMENTS) {
    throw_type(env, "arguments", "an array of at most six");
    return false;
  }
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(env, argv[1], i, &each) != napi_ok || !take_argument(env, each, call, i)) return false;
  if (!take_out_argument(env, argv[2], call)) return false;
  if (napi_create_reference(env, argv[3], 1, &call->callback) == napi_ok) return true;
  throw_type(env, "callback", "a function");
  return false;
}

static void free_ticket(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  struct ticket *ticket = data;
  if (ticket->call != NULL) ticket->call->ticket = NULL;
  free(ticket);
}

// Gives a ticket for waitCancel and waitRef, or -errno (EAGAIN: no thread can be made).
static napi_value hutong_wait_start(napi_env env, napi_callback_info info) {
  TAKE(4);
  struct waiters *waiters = instance_of(env)->waiters;
  struct call *call = calloc(1, sizeof *call);
  struct ticket *ticket = calloc(1, sizeof *ticket);
  napi_value external = NULL;
  int failed = -ENOMEM;
  if (call != NULL && ticket != NULL) {
    if (take_call(env, argv, call)) {
      ticket->call = call;
      call->ticket = ticket;
      failed = queue_call(waiters, call);
    } else failed = 0;
    if (failed == 0 && call->ticket != NULL) {
      keep_alive(waiters, call, true);
      napi_create_external(env, ticket, free_ticket, NULL, &external);
      return external;
    }
    if (call->callback != NULL) napi_delete_reference(env, call->callback);
    free_call(call);
  } else free(call);
  free(ticket);
  return failed == 0 ? NULL : give(env, failed); // NULL: an exception is pending
}

struct call *call_of(napi_env env, napi_value value) {
  void *ticket = NULL;
  if (napi_get_value_external(env, value, &ticket) == napi_ok) return ((struct ticket *)ticket)->call;
  throw_type(env, "ticket", "what waitStart() gave");
  return NULL;
}

// The callback then gets -ECANCELED, or the call's own result if that came first: the abort loses.
static napi_value hutong_wait_cancel(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct waiters *waiters = instance_of(env)->waiters;
  struct call *call = call_of(env, argv[0]);
  if (call == NULL) return NULL;
  pthread_mutex_lock(&waiters->lock);
  cancel_call(call);
  pthread_mutex_unlock(&waiters->lock);
  return NULL;
}

static napi_value hutong_wait_ref(napi_env env, napi_callback_info info) {
  TAKE(2);
  bool keep = true;
  struct call *call = call_of(env, argv[0]);
  if (call != NULL && napi_get_value_bool(env, argv[1], &keep) == napi_ok)
    keep_alive(instance_of(env)->waiters, call, keep);
  return NULL;
}

static void on_async_closed(uv_handle_t *async) {
  struct waiters *waiters = uv_handle_get_data(async);
  napi_async_cleanup_hook_handle hook = waiters->hook;
  free(async);
  pthread_mutex_lock(&waiters->lock);
  drop_owner(waiters);
  napi_remove_async_cleanup_hook(hook);
}

static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data) {
  struct waiters *waiters = data;
  waiters->hook = handle;
  pthread_mutex_lock(&waiters->lock);
  waiters->ending = true;
  for (struct call *call = waiters->running; call != NULL; call = call->next) {
    forget(waiters, call);
    cancel_call(call);
  }
  struct call *lists[] = {waiters->queued, waiters->done};
  waiters->queued = waiters->done = NULL;
  for (size_t i = 0; i < COUNT(lists); i++)
    for (struct call *call = lists[i], *next; call != NULL; call = next) {
      next = call->next;
      forget(waiters, call);
      if (call->finished) discard_outcome(call);
      free_call(call);
    }
  pthread_cond_broadcast(&waiters->work);
  join_programs(waiters);
  pthread_mutex_unlock(&waiters->lock);
  uv_close(waiters->async, on_async_closed);
}

void init_wait(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"waitStart", hutong_wait_start},
      {"waitCancel", hutong_wait_cancel},
      {"waitRef", hutong_wait_ref},
  };
  struct uv_loop_s *loop;
  struct waiters *waiters = calloc(1, sizeof *waiters);
  uv_handle_t *async = calloc(1, uv_handle_size(UV_ASYNC));
  if (waiters == NULL || async == NULL || napi_get_uv_event_loop(env, &loop) != napi_ok ||
      uv_async_init(loop, async, on_wake) != 0) {
    free(waiters);
    free(async);
    napi_throw_error(env, NULL, "hutong could not reach the event loop");
    return;
  }
  prepare_waiters(waiters);
  waiters->env = env;
  waiters->async = async;
  waiters->owners = 1;
  uv_handle_set_data(async, waiters);
  uv_unref(async);
  prepare_cancel();
  instance_of(env)->waiters = waiters;
  napi_add_async_cleanup_hook(env, on_environment_end, waiters, NULL);
  define(env, exports, functions, COUNT(functions));
}
