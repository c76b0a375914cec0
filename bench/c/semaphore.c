// One side of a ping-pong over two semaphores, one for each direction: System V (sysv-sem) or POSIX (posix-sem). The
// same as bench/sides/semaphore.ts. EXTRA: the id of a System V set of two; POSIX semaphores lie in the memory passed
// as descriptor 3.
#include "plan.h"

#include <semaphore.h>
#include <sys/mman.h>
#include <sys/sem.h>

enum { MEMORY = 3, PAGE = 4096, LINE = 128 };

struct pair {
  int set, in, out; // System V: the set and the numbers in it
  sem_t *wait, *post;
};

// Inlined with a constant, as the transfers of roles.h are.
#define ALWAYS static inline __attribute__((always_inline))

ALWAYS void post(const struct pair *pair, int posix) {
  struct sembuf up = {.sem_num = (unsigned short)pair->out, .sem_op = 1};
  if ((posix ? sem_post(pair->post) : semop(pair->set, &up, 1)) < 0) fail("post");
}

ALWAYS void wait_for(const struct pair *pair, int posix) {
  struct sembuf down = {.sem_num = (unsigned short)pair->in, .sem_op = -1};
  if ((posix ? sem_wait(pair->wait) : semop(pair->set, &down, 1)) < 0) fail("wait");
}

ALWAYS void call(const struct pair *pair, int posix, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    post(pair, posix);
    wait_for(pair, posix);
  }
}

ALWAYS void answer(const struct pair *pair, int posix, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    wait_for(pair, posix);
    post(pair, posix);
  }
}

ALWAYS void run(const struct plan *plan, const struct pair *pair, int posix) {
  if (!speaks_first(plan)) {
    answer(pair, posix, plan->warm_up + plan->count);
    return;
  }
  call(pair, posix, plan->warm_up);
  uint64_t start = now_ns();
  call(pair, posix, plan->count);
  report(now_ns() - start, -1);
}

int main(int argc, char **argv) {
  struct plan plan = take_plan(argc, argv);
  int first = speaks_first(&plan), posix = strcmp(plan.mechanism, "posix-sem") == 0;
  struct pair pair = {.set = atoi(plan.extra), .in = first, .out = !first};
  if (posix) {
    unsigned char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY, 0);
    if (memory == MAP_FAILED) fail("mmap");
    pair.wait = (sem_t *)(memory + (first ? LINE : 0));
    pair.post = (sem_t *)(memory + (first ? 0 : LINE));
    run(&plan, &pair, 1);
  } else {
    run(&plan, &pair, 0);
  }
  return 0;
}
