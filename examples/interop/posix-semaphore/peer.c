// Two POSIX semaphores: `return NAME ROUNDS` or `serve NAME ROUNDS`
#include <err.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sem_t *named(const char *name, int flags) {
  sem_t *semaphore = sem_open(name, flags, 0600, 0);
  if (semaphore == SEM_FAILED) err(1, "sem_open %s", name);
  return semaphore;
}

static void take(sem_t *semaphore) {
  if (sem_wait(semaphore) != 0) err(1, "sem_wait");
}

static void give(sem_t *semaphore) {
  if (sem_post(semaphore) != 0) err(1, "sem_post");
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "usage: peer return|serve NAME ROUNDS");
  int returning = strcmp(argv[1], "return") == 0, rounds = atoi(argv[3]);
  int flags = returning ? O_CREAT | O_EXCL : 0;
  char back_name[256];
  snprintf(back_name, sizeof back_name, "%s-back", argv[2]);
  sem_t *there = named(argv[2], flags), *back = named(back_name, flags);
  if (returning) {
    puts("ready");
    fflush(stdout);
  }
  for (int round = 0; round < rounds; round++) {
    if (returning) {
      take(there);
      give(back);
    } else {
      give(there);
      take(back);
    }
  }
  if (returning && (sem_unlink(argv[2]) != 0 || sem_unlink(back_name) != 0)) err(1, "sem_unlink");
  printf("%d rounds\n", rounds);
  return 0;
}
