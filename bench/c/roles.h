// The four roles of a trial. The same steps in the same order as bench/sides/roles.ts.
//
// Each message carries its number, which the receiver checks: a lost or repeated message fails the trial. The timed
// part begins when both sides have been through the warm-up and the receiver has said so on the way back.
#ifndef BENCH_ROLES_H
#define BENCH_ROLES_H

#include "plan.h"

typedef void (*transfer)(void *link, unsigned char *message, size_t size);

// Inlined with constant functions, so that a message costs no indirect call.
#define ALWAYS static inline __attribute__((always_inline))

// Before each message there is room for what a mechanism wants to put there: the type, in a System V queue.
enum { HEAD = 64 };

ALWAYS unsigned char *make_message(size_t size) {
  unsigned char *memory = calloc(1, HEAD + size);
  if (memory == NULL) fail("calloc");
  return memory + HEAD;
}

ALWAYS void send_numbered(void *link, transfer send, unsigned char *message, size_t size, uint32_t number) {
  memcpy(message, &number, sizeof number);
  send(link, message, size);
}

ALWAYS void receive_numbered(void *link, transfer receive, unsigned char *message, size_t size, uint32_t number) {
  uint32_t got;
  receive(link, message, size);
  memcpy(&got, message, sizeof got);
  if (got == number) return;
  fprintf(stderr, "message %u came where %u was due\n", got, number);
  exit(1);
}

ALWAYS void run_sender(const struct plan *plan, void *link, transfer send, transfer receive) {
  unsigned char *message = make_message(plan->size);
  for (uint32_t i = 0; i < plan->warm_up; i++) send_numbered(link, send, message, plan->size, i);
  receive_numbered(link, receive, message, plan->size, 0);
  for (uint32_t i = 0; i < plan->count; i++) send_numbered(link, send, message, plan->size, i);
  free(message - HEAD);
}

ALWAYS void run_receiver(const struct plan *plan, void *link, transfer send, transfer receive) {
  unsigned char *message = make_message(plan->size);
  for (uint32_t i = 0; i < plan->warm_up; i++) receive_numbered(link, receive, message, plan->size, i);
  int64_t calls = count_calls();
  uint64_t start = now_ns();
  send_numbered(link, send, message, plan->size, 0);
  for (uint32_t i = 0; i < plan->count; i++) receive_numbered(link, receive, message, plan->size, i);
  uint64_t end = now_ns();
  report(end - start, calls < 0 ? calls : count_calls() - calls);
  free(message - HEAD);
}

ALWAYS void call(const struct plan *plan, void *link, transfer send, transfer receive, unsigned char *message,
                 uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    send_numbered(link, send, message, plan->size, i);
    receive_numbered(link, receive, message, plan->size, i);
  }
}

ALWAYS void run_caller(const struct plan *plan, void *link, transfer send, transfer receive) {
  unsigned char *message = make_message(plan->size);
  call(plan, link, send, receive, message, plan->warm_up);
  int64_t calls = count_calls();
  uint64_t start = now_ns();
  call(plan, link, send, receive, message, plan->count);
  uint64_t end = now_ns();
  report(end - start, calls < 0 ? calls : count_calls() - calls);
  free(message - HEAD);
}

ALWAYS void answer(const struct plan *plan, void *link, transfer send, transfer receive, unsigned char *message,
                   uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    receive_numbered(link, receive, message, plan->size, i);
    send_numbered(link, send, message, plan->size, i);
  }
}

ALWAYS void run_answerer(const struct plan *plan, void *link, transfer send, transfer receive) {
  unsigned char *message = make_message(plan->size);
  answer(plan, link, send, receive, message, plan->warm_up);
  answer(plan, link, send, receive, message, plan->count);
  free(message - HEAD);
}

ALWAYS int run_role(const struct plan *plan, void *link, transfer send, transfer receive) {
  if (strcmp(plan->role, "sender") == 0) run_sender(plan, link, send, receive);
  else if (strcmp(plan->role, "receiver") == 0) run_receiver(plan, link, send, receive);
  else if (strcmp(plan->role, "caller") == 0) run_caller(plan, link, send, receive);
  else if (strcmp(plan->role, "answerer") == 0) run_answerer(plan, link, send, receive);
  else return 2;
  return 0;
}

#endif
