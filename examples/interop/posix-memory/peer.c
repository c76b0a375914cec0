// POSIX shared memory: `ask NAME TEXT` or `answer NAME`
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ASKED = 1, ANSWERED = 2, SIZE = 4096 };
struct shared {
  atomic_int turn;
  char unused[60], text[SIZE - 64];
};

static void until(struct shared *shared, int value) {
  while (atomic_load(&shared->turn) != value) usleep(1000);
}

int main(int argc, char **argv) {
  if (argc < 3) errx(2, "usage: peer ask NAME TEXT | peer answer NAME");
  int asking = strcmp(argv[1], "ask") == 0;
  int fd = shm_open(argv[2], asking ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
  if (fd < 0 || (asking && ftruncate(fd, SIZE) != 0)) err(1, "shm_open %s", argv[2]);
  struct shared *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) err(1, "mmap");
  if (asking) {
    snprintf(shared->text, sizeof shared->text, "%s", argc > 3 ? argv[3] : "");
    atomic_store(&shared->turn, ASKED);
    puts("ready");
    fflush(stdout);
    until(shared, ANSWERED);
    puts(shared->text);
    if (shm_unlink(argv[2]) != 0) err(1, "shm_unlink");
  } else {
    until(shared, ASKED);
    for (char *at = shared->text; *at != 0; at++) *at = (char)toupper((unsigned char)*at);
    atomic_store(&shared->turn, ANSWERED);
  }
  return 0;
}
