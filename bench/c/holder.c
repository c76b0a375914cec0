// Holds a robust mutex, so that others wait for it: at the start of the memory passed as descriptor 3, which bench/sides
// has initialised. Says so in a line, and unlocks when its standard input ends.
#include "plan.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
  if (mutex == MAP_FAILED) fail("mmap");
  if (pthread_mutex_lock(mutex) != 0) fail("pthread_mutex_lock");
  puts("held");
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return pthread_mutex_unlock(mutex);
}
