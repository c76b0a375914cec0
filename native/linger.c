// The ranges of linger.h.
//
// State: process-wide, a list under a lock.
#include "linger.h"
#include "owed.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_LOCKS = 2048 }; // as many as the kernel looks at, ROBUST_LIST_LIMIT

struct lingering {
  struct lingering *next;
  struct memory *memory;
  void (*leave)(struct memory *memory);
  int tid;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct lingering *list;
static atomic_bool any;

// The list that libc keeps for the kernel is the one place where all of a thread's robust locks are known.
bool holds_lock(const struct memory *memory) {
  const struct robust_list_head *head = robust_head();
  if (head == NULL) return false;
  uintptr_t start = (uintptr_t)memory->data, entry = (uintptr_t)head->list.next;
  for (int count = 0; count < MOST_LOCKS; count++) {
    entry &= ~(uintptr_t)1; // a mark of priority inheritance
    if (entry == (uintptr_t)&head->list || entry == 0) return false;
    if (entry >= start && entry < start + memory->size) return true;
    entry = (uintptr_t)((const struct robust_list *)entry)->next;
  }
  return false;
}

void linger(struct memory *memory, void (*leave)(struct memory *memory)) {
  struct lingering *one = malloc(sizeof *one);
  if (one == NULL) return; // the range stays for ever
  *one = (struct lingering){.memory = memory, .leave = leave, .tid = (int)syscall(SYS_gettid)};
  pthread_mutex_lock(&lock);
  one->next = list;
  list = one;
  atomic_store(&any, true);
  pthread_mutex_unlock(&lock);
}

void linger_drain(void) {
  if (!atomic_load(&any)) return;
  pthread_mutex_lock(&lock);
  for (struct lingering **link = &list; *link != NULL;) {
    struct lingering *one = *link;
    if (syscall(SYS_tgkill, getpid(), one->tid, 0) == 0) {
      link = &one->next;
      continue;
    }
    *link = one->next;
    one->leave(one->memory);
    free(one);
  }
  atomic_store(&any, list != NULL);
  pthread_mutex_unlock(&lock);
}
