// A System V semaphore set: `return KEY ROUNDS` or `serve KEY ROUNDS`
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <unistd.h>

enum { PING, PONG, SEMAPHORES };

static void operate(int set, struct sembuf *operations, size_t count) {
  if (semop(set, operations, count) != 0) err(1, "semop");
}

// Whoever finds a set has to wait until its maker has initialised it: `sem_otime` says when.
static void await_values(int set) {
  struct semid_ds about;
  do {
    if (semctl(set, 0, IPC_STAT, &about) != 0) err(1, "semctl");
    if (about.sem_otime == 0) usleep(1000);
  } while (about.sem_otime == 0);
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "usage: peer return|serve KEY ROUNDS");
  key_t key = (key_t)strtoul(argv[2], NULL, 0);
  int rounds = atoi(argv[3]);
  if (strcmp(argv[1], "return") == 0) {
    int set = semget(key, SEMAPHORES, IPC_CREAT | IPC_EXCL | 0600);
    if (set < 0) err(1, "semget");
    operate(set, &(struct sembuf){PING, 0, 0}, 1); // zero already: but it sets sem_otime
    puts("ready");
    fflush(stdout);
    for (int round = 0; round < rounds; round++)
      operate(set, (struct sembuf[]){{PING, -1, 0}, {PONG, 1, 0}}, 2);
    operate(set, &(struct sembuf){PONG, 0, 0}, 1);
    if (semctl(set, 0, IPC_RMID) != 0) err(1, "semctl");
  } else {
    int set = semget(key, SEMAPHORES, 0);
    if (set < 0) err(1, "semget");
    await_values(set);
    for (int round = 0; round < rounds; round++) {
      operate(set, &(struct sembuf){PING, 1, 0}, 1);
      operate(set, &(struct sembuf){PONG, -1, 0}, 1);
    }
  }
  printf("%d rounds\n", rounds);
  return 0;
}
