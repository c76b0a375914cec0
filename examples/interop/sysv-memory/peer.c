// System V shared memory: `ask KEY TEXT` or `answer KEY`
#include <ctype.h>
#include <err.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

enum { ASKED = 1, ANSWERED = 2, SIZE = 4096 };
struct table {
  _Atomic uint32_t state;
  uint32_t length;
  char text[SIZE - 8];
};

static void await(struct table *table, uint32_t state) {
  while (atomic_load(&table->state) != state) usleep(1000);
}

int main(int argc, char **argv) {
  if (argc < 3) errx(2, "usage: peer ask KEY TEXT | peer answer KEY");
  key_t key = (key_t)strtoul(argv[2], NULL, 0);
  int ask = argc > 3 && strcmp(argv[1], "ask") == 0;
  int segment = shmget(key, SIZE, ask ? IPC_CREAT | IPC_EXCL | 0600 : 0);
  if (segment < 0) err(1, "shmget");
  struct table *table = shmat(segment, NULL, 0);
  if (table == (void *)-1) err(1, "shmat");
  if (ask) {
    table->length = (uint32_t)strlen(argv[3]);
    memcpy(table->text, argv[3], table->length);
    atomic_store(&table->state, ASKED);
    puts("ready");
    fflush(stdout);
    await(table, ANSWERED);
    printf("%.*s\n", (int)table->length, table->text);
    if (shmctl(segment, IPC_RMID, NULL) != 0) err(1, "shmctl");
  } else {
    await(table, ASKED);
    for (uint32_t i = 0; i < table->length; i++) table->text[i] = (char)toupper((unsigned char)table->text[i]);
    atomic_store(&table->state, ANSWERED);
  }
  if (shmdt(table) != 0) err(1, "shmdt");
  return 0;
}
