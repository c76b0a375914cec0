// Readiness of a descriptor on the event loop: one uv_poll handle (a watcher) per descriptor.
//
// State: per environment, the list of open watchers, so that an environment that ends (a worker that is terminated)
// closes them; Node aborts the process if a handle is left on the loop.
#include "addon.h"
#include "uv.h"

#include <stdlib.h>

struct watcher {
  struct loop *loop;
  struct watcher *next, **link;
  napi_ref callback;
  int events;
  uv_handle_t *poll; // allocated behind this struct
};

struct loop {
  napi_env env;
  struct uv_loop_s *uv;
  struct watcher *open;
  size_t closing;
  napi_async_cleanup_hook_handle ending; // set once the environment ends
};

static void finish_ending(struct loop *loop) {
  if (loop->ending == NULL || loop->open != NULL || loop->closing > 0) return;
  napi_async_cleanup_hook_handle ending = loop->ending;
  free(loop);
  napi_remove_async_cleanup_hook(ending);
}

static void on_closed(uv_handle_t *poll) {
  struct watcher *watcher = uv_handle_get_data(poll);
  struct loop *loop = watcher->loop;
  free(watcher);
  loop->closing--;
  finish_ending(loop);
}

static void close_watcher(struct watcher *watcher) {
  if (watcher->link == NULL) return; // already closing
  *watcher->link = watcher->next;
  if (watcher->next != NULL) watcher->next->link = watcher->link;
  watcher->link = NULL;
  watcher->loop->closing++;
  if (watcher->callback != NULL) napi_delete_reference(watcher->loop->env, watcher->callback);
  watcher->callback = NULL;
  uv_close(watcher->poll, on_closed);
}

static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data) {
  struct loop *loop = data;
  loop->ending = handle;
  while (loop->open != NULL) close_watcher(loop->open);
  finish_ending(loop);
}

static void on_event(uv_handle_t *poll, int status, int events) {
  struct watcher *watcher = uv_handle_get_data(poll);
  napi_env env = watcher->loop->env;
  napi_handle_scope scope;
  if (watcher->callback == NULL || napi_open_handle_scope(env, &scope) != napi_ok) return;
  // After an error libuv has stopped the handle; the next read or write tells what is wrong.
  napi_value argument = give(env, status < 0 ? UV_READABLE | UV_WRITABLE | UV_DISCONNECT : events);
  if (status < 0) watcher->events = 0;
  call_back(env, watcher->callback, 1, &argument);
  napi_close_handle_scope(env, scope);
}

// watch(fd, callback(events)): gives a watcher, or -errno. Sets O_NONBLOCK on the open file description (libuv does).
// EPERM: a regular file, which is always ready. EEXIST: this loop watches the descriptor already.
static napi_value hutong_watch(napi_env env, napi_callback_info info) {
  TAKE(2);
  int fd;
  napi_valuetype type;
  struct loop *loop = instance_of(env)->loop;
  if (!take_int(env, argv[0], &fd, "fd")) return NULL;
  if (napi_typeof(env, argv[1], &type) != napi_ok || type != napi_function) {
    throw_type(env, "callback", "a function");
    return NULL;
  }
  size_t head = (sizeof(struct watcher) + 15) & ~(size_t)15;
  struct watcher *watcher = calloc(1, head + uv_handle_size(UV_POLL));
  if (watcher == NULL) return give(env, -ENOMEM);
  watcher->poll = (uv_handle_t *)((char *)watcher + head);
  watcher->loop = loop;
  int status = uv_poll_init(loop->uv, watcher->poll, fd);
  if (status < 0) {
    free(watcher);
    return give(env, status);
  }
  uv_handle_set_data(watcher->poll, watcher);
  uv_unref(watcher->poll);
  napi_create_reference(env, argv[1], 1, &watcher->callback);
  watcher->next = loop->open;
  watcher->link = &loop->open;
  if (watcher->next != NULL) watcher->next->link = &watcher->next;
  loop->open = watcher;
  napi_value external = NULL;
  napi_create_external(env, watcher, NULL, NULL, &external);
  return external;
}

static struct watcher *take_watcher(napi_env env, napi_value value) {
  void *watcher = NULL;
  if (napi_get_value_external(env, value, &watcher) != napi_ok) throw_type(env, "watcher", "what watch() gave");
  return watcher;
}

// watchFor(watcher, events): 0 stops. Level-triggered until changed.
static napi_value hutong_watch_for(napi_env env, napi_callback_info info) {
  TAKE(2);
  int events;
  struct watcher *watcher = take_watcher(env, argv[0]);
  if (watcher == NULL || !take_int(env, argv[1], &events, "events")) return NULL;
  if (watcher->link == NULL) return give(env, -EBADF);
  if (events == watcher->events) return give(env, 0);
  watcher->events = events;
  int status = events == 0 ? uv_poll_stop(watcher->poll) : uv_poll_start(watcher->poll, events, on_event);
  return give(env, status);
}

// watchRef(watcher, keepAlive): whether the watcher keeps the event loop running.
static napi_value hutong_watch_ref(napi_env env, napi_callback_info info) {
  TAKE(2);
  bool keep = false;
  struct watcher *watcher = take_watcher(env, argv[0]);
  if (watcher == NULL || napi_get_value_bool(env, argv[1], &keep) != napi_ok || watcher->link == NULL) return NULL;
  (keep ? uv_ref : uv_unref)(watcher->poll);
  return NULL;
}

// unwatch(watcher): must come before the descriptor is closed; the watcher must not be used again.
static napi_value hutong_unwatch(napi_env env, napi_callback_info info) {
  TAKE(1);
  struct watcher *watcher = take_watcher(env, argv[0]);
  if (watcher != NULL) close_watcher(watcher);
  return NULL;
}

void init_loop(napi_env env, napi_value exports) {
  static const struct function functions[] = {
      {"watch", hutong_watch},
      {"watchFor", hutong_watch_for},
      {"watchRef", hutong_watch_ref},
      {"unwatch", hutong_unwatch},
  };
  struct loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL || napi_get_uv_event_loop(env, &loop->uv) != napi_ok) {
    free(loop);
    napi_throw_error(env, NULL, "hutong could not reach the event loop");
    return;
  }
  loop->env = env;
  instance_of(env)->loop = loop;
  napi_add_async_cleanup_hook(env, on_environment_end, loop, NULL);
  define(env, exports, functions, COUNT(functions));
}
