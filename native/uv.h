// The few libuv functions we use, declared by hand: they are exported by every Node binary and stable since libuv 1.0,
// while uv.h itself is not part of Node-API's headers. Handles are sized at run time with uv_handle_size.
#ifndef HUTONG_UV_H
#define HUTONG_UV_H

#include <node_api.h>
#include <stddef.h>

// The public head of uv_loop_t, the same in every libuv since 1.19 (Node 20 has 1.46).
struct uv_loop_s {
  void *data;
  unsigned active_handles;
  void *handle_queue[2];
  union {
    void *unused;
    unsigned count;
  } active_reqs;
};

typedef struct uv_handle_s uv_handle_t;
typedef void (*uv_close_cb)(uv_handle_t *handle);
typedef void (*uv_poll_cb)(uv_handle_t *handle, int status, int events);
typedef void (*uv_async_cb)(uv_handle_t *handle);
typedef void (*uv_signal_cb)(uv_handle_t *handle, int signum);

enum { UV_ASYNC = 1, UV_POLL = 8, UV_SIGNAL = 16 };
enum { UV_READABLE = 1, UV_WRITABLE = 2, UV_DISCONNECT = 4 };

extern size_t uv_handle_size(int type);
extern void uv_handle_set_data(uv_handle_t *handle, void *data);
extern void *uv_handle_get_data(const uv_handle_t *handle);
extern void uv_ref(uv_handle_t *handle);
extern void uv_unref(uv_handle_t *handle);
extern void uv_close(uv_handle_t *handle, uv_close_cb on_close);

extern int uv_poll_init(struct uv_loop_s *loop, uv_handle_t *poll, int fd);
extern int uv_poll_start(uv_handle_t *poll, int events, uv_poll_cb on_event);
extern int uv_poll_stop(uv_handle_t *poll);

extern int uv_async_init(struct uv_loop_s *loop, uv_handle_t *async, uv_async_cb on_wake);
extern int uv_async_send(uv_handle_t *async);

extern int uv_signal_init(struct uv_loop_s *loop, uv_handle_t *signal);
extern int uv_signal_start(uv_handle_t *signal, uv_signal_cb on_signal, int signum);
extern int uv_signal_stop(uv_handle_t *signal);

#endif
